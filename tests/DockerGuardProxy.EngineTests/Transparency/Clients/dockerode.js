// dockerode: exec with and without hijack, attach, logs, wait, errors. Prints what it sees.
const Docker = require(process.argv[3] + '/node_modules/dockerode');
const docker = new Docker({ socketPath: process.argv[2] });

const all = stream => new Promise((resolve, reject) => {
  const parts = [];
  stream.on('data', part => parts.push(part));
  stream.on('end', () => resolve(Buffer.concat(parts)));
  stream.on('close', () => resolve(Buffer.concat(parts)));
  stream.on('error', reject);
});

(async () => {
  const container = await docker.createContainer({ Image: 'lab', Cmd: ['sleep', '1000'], name: 'node' });
  await container.start();
  for (const hijack of [true, false]) {
    const exec = await container.exec({ Cmd: ['sh', '-c', hijack ? 'read a; echo got $a; exit 3' : 'echo out; exit 3'], AttachStdin: hijack, AttachStdout: true });
    const stream = await exec.start({ hijack, stdin: hijack });
    if (hijack) stream.write('hello\n');
    console.log(hijack, (await all(stream)).toString('hex'));
    console.log((await exec.inspect()).ExitCode);
  }
  const cat = await container.exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true });
  const piped = await cat.start({ hijack: true, stdin: true });
  piped.end('all of it');
  console.log((await all(piped)).toString('hex'));

  const reader = await docker.createContainer({ Image: 'lab', Cmd: ['sh', '-c', 'read a; echo got $a'], OpenStdin: true, StdinOnce: true, AttachStdin: true, name: 'node2' });
  const attached = await reader.attach({ stream: true, stdin: true, stdout: true, hijack: true });
  await reader.start();
  attached.write('attached\n');
  console.log((await all(attached)).toString('hex'));
  console.log(await reader.wait());
  console.log((await reader.logs({ stdout: true })).toString('hex'));
  for (const call of [() => docker.getContainer('nosuch').inspect(), () => docker.getExec('nosuch').start({ hijack: true }), () => docker.createContainer({ Image: 'lab', name: 'node' })]) {
    try { await call(); } catch (error) { console.log(error.statusCode, error.reason, JSON.stringify(error.json)); }
  }
  await container.remove({ force: true });
  await reader.remove();
})().catch(error => { console.error(error); process.exit(1); });
