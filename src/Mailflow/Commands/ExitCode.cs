namespace Mailflow.Commands;

/// <summary>The exit codes of all commands.</summary>
static class ExitCode
{
    public const int Good = 0;
    public const int BadNews = 1;
    public const int Usage = 2;
    public const int Failure = 3;
}
