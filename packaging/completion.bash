# bash completion for docker-guard-proxy: the program itself knows what fits.
_docker_guard_proxy() {
    local IFS=$'\n' line=${COMP_LINE:0:COMP_POINT}
    # shellcheck disable=SC2207  # one word a line, split at line ends alone
    COMPREPLY=($(compgen -W "$(docker-guard-proxy "[suggest:${#line}]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _docker_guard_proxy docker-guard-proxy
