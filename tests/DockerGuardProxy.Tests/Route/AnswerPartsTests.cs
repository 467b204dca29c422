using System.Net;
using System.Text;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Route;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

public sealed class AnswerPartsTests
{
    [Fact]
    public async Task An_answer_is_kept_without_what_is_of_its_connection()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.InternalServerError)
        {
            ReasonPhrase = "Odd", Content = new ByteArrayContent("text"u8.ToArray()),
        };
        response.Headers.TryAddWithoutValidation("Api-Version", "1.41");
        response.Headers.TryAddWithoutValidation("Connection", "close");
        response.Headers.TryAddWithoutValidation("Keep-Alive", "1");
        response.Headers.TryAddWithoutValidation("X", ["a", "b"]);
        response.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        response.Content.Headers.TryAddWithoutValidation("Content-Length", "4");

        var http = await CopyAsync(await AnswerParts.ReadAsync(response, TestContext.Current.CancellationToken));
        Assert.Equal(
            (500, "Odd", "text"), (http.Response.StatusCode, http.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase, Body(http)));
        Assert.Equal(
            ["Api-Version: 1.41", "X: a,b", "Content-Type: application/json", "Content-Length: 4"],
            http.Response.Headers.Select(header => $"{header.Key}: {header.Value}"));
    }

    [Fact]
    public async Task What_came_in_chunks_goes_out_without_a_length()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.InternalServerError) { Content = new ByteArrayContent("text"u8.ToArray()) };
        response.Headers.TransferEncodingChunked = true;
        var http = await CopyAsync(await AnswerParts.ReadAsync(response, TestContext.Current.CancellationToken));
        Assert.Equal((null, "text"), (http.Response.ContentLength, Body(http)));
        Assert.Equal(0, http.Response.Headers.TransferEncoding.Count);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    public async Task An_answer_without_a_body_has_no_length(int status)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        var http = await CopyAsync(await AnswerParts.ReadAsync(response, TestContext.Current.CancellationToken));
        Assert.Equal((status, null, ""), (http.Response.StatusCode, http.Response.ContentLength, Body(http)));
    }

    [Fact]
    public async Task Each_caller_gets_the_same()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("no", Encoding.ASCII, "text/plain") };
        var answer = await AnswerParts.ReadAsync(response, TestContext.Current.CancellationToken);
        var (first, second) = (await CopyAsync(answer), await CopyAsync(answer));
        Assert.Equal(Body(first), Body(second));
        Assert.Equal(first.Response.Headers, second.Response.Headers);
    }

    [Fact]
    public async Task An_endless_answer_is_not_kept()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.InternalServerError) { Content = new ByteArrayContent(new byte[(1 << 20) + 1]) };
        await Assert.ThrowsAsync<IOException>(() => AnswerParts.ReadAsync(response, TestContext.Current.CancellationToken));
    }

    private static async Task<DefaultHttpContext> CopyAsync(EngineAnswer answer)
    {
        var http = new DefaultHttpContext();
        http.Response.Body = new MemoryStream();
        await AnswerParts.WriteAsync(answer, http);
        return http;
    }

    private static string Body(HttpContext http) => Encoding.ASCII.GetString(((MemoryStream)http.Response.Body).ToArray());
}
