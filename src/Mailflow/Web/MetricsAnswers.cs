using Microsoft.AspNetCore.Http.Features;

namespace Mailflow.Web;

/// <summary>
/// Answers of /metrics. Each is made in memory and then written, because the exporter makes no other answer while a client is still reading
/// one: a client that never reads would block all others. Equal answers share their bytes, and memory holds at most <see cref="Most"/>.
/// </summary>
sealed class MetricsAnswers(TimeProvider clock) : IDisposable
{
    public const int Most = 4;

    /// <summary>While this many are being read, a new one is made after this time at the earliest; a reader has several times as long.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    readonly SemaphoreSlim _one = new(1, 1);
    long _begun;
    readonly Lock _lock = new();

    /// <summary>The newest last.</summary>
    readonly List<Answer> _answers = [];

    /// <param name="make">The exporter, which writes to the response's body.</param>
    public async Task ServeAsync(HttpContext http, RequestDelegate make)
    {
        var answer = await TakeAsync(http, make);
        try
        {
            (http.Response.StatusCode, http.Response.ContentType) = (answer.Status, answer.Type);
            await Pieces.WriteAsync(http, answer.Body.GetBuffer().AsMemory(0, (int)answer.Body.Length));
        }
        finally
        {
            lock (_lock)
                answer.Readers.Remove(http);
        }
    }

    /// <summary>
    /// An answer that was started after the request, so that clients that wait together share it; a moment older where too many are being read.
    /// </summary>
    async Task<Answer> TakeAsync(HttpContext http, RequestDelegate make)
    {
        var asked = Interlocked.Read(ref _begun);
        var form = http.Request.Headers.Accept.ToString();
        await _one.WaitAsync(http.RequestAborted);
        try
        {
            Answer? answer;
            lock (_lock)
                answer = _answers.FindLast(a => a.Form == form && (a.Begun > asked || (IsFull && clock.GetElapsedTime(a.At) < Pause)));
            if (answer is not null)
                return Read(answer);
            var made = Free();
            (made.Form, made.Begun, made.At) = (form, Interlocked.Increment(ref _begun), clock.GetTimestamp());
            await MakeAsync(http, make, made.Body);
            (made.Status, made.Type) = (http.Response.StatusCode, http.Response.ContentType);
            lock (_lock)
                answer = _answers.Find(a => a != made && a.Readers.Count > 0 && a.Holds(made));
            return Read(answer ?? made);
        }
        finally
        {
            _one.Release();
        }

        Answer Read(Answer answer)
        {
            lock (_lock)
                answer.Readers.Add(http);
            return answer;
        }
    }

    bool IsFull => _answers.Count == Most && _answers.TrueForAll(a => a.Readers.Count > 0);

    /// <summary>A slot without readers. Where all have readers, the oldest answer is dropped, and its readers with it.</summary>
    Answer Free()
    {
        lock (_lock)
        {
            var free = _answers.Find(a => a.Readers.Count == 0);
            if (free is not null)
            {
                _answers.Remove(free);
            }
            else if (IsFull)
            {
                foreach (var reader in _answers[0].Readers)
                    reader.Abort();
                _answers.RemoveAt(0);
            }

            _answers.Add(free ??= new());
            free.Body.SetLength(0);
            return free;
        }
    }

    static async Task MakeAsync(HttpContext http, RequestDelegate make, MemoryStream body)
    {
        var client = http.Features.Get<IHttpResponseBodyFeature>();
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        try
        {
            await make(http);
        }
        finally
        {
            http.Features.Set(client);
        }
    }

    public void Dispose() => _one.Dispose();

    sealed class Answer
    {
        public MemoryStream Body { get; } = new();

        public HashSet<HttpContext> Readers { get; } = [];

        /// <summary>The request, as the client sent it.</summary>
        public string Form { get; set; } = "";

        public long Begun { get; set; }

        public long At { get; set; }

        public int Status { get; set; }

        public string? Type { get; set; }

        public bool Holds(Answer other) =>
            (Status, Type) == (other.Status, other.Type)
                && Body.Length == other.Body.Length
                && Body.GetBuffer().AsSpan(0, (int)Body.Length).SequenceEqual(other.Body.GetBuffer().AsSpan(0, (int)other.Body.Length));
    }
}
