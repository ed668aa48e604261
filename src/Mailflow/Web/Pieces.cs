namespace Mailflow.Web;

/// <summary>
/// Writes an answer in small pieces. The server copies each write as a whole, so it holds only a few pieces for a client that does not read.
/// </summary>
static class Pieces
{
    const int Bytes = 16 * 1024;

    public static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> content)
    {
        http.Response.ContentLength = content.Length;
        if (HttpMethods.IsHead(http.Request.Method))
            return;
        for (; content.Length > 0; content = content[Math.Min(Bytes, content.Length)..])
            await http.Response.Body.WriteAsync(content[..Math.Min(Bytes, content.Length)], http.RequestAborted);
    }
}
