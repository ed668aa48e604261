namespace Mailflow.Commands;

/// <summary>What a command answers with.</summary>
static class ExitCode
{
    public const int Good = 0;
    public const int BadNews = 1;
    public const int Usage = 2;
    public const int Failure = 3;
}
