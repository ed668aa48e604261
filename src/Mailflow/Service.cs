namespace Mailflow;

static class Service
{
    public static Task<int> RunAsync(MailflowOptions options, TimeProvider clock, CancellationToken stop) => throw new NotSupportedException();
}
