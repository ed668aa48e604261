namespace Mailflow.Analysis.Advising;

/// <summary>Where a command is run.</summary>
public enum Shell
{
    /// <summary>The Exchange Management Shell of a server of ours.</summary>
    OnPremises,

    /// <summary>Exchange Online PowerShell (Connect-ExchangeOnline).</summary>
    ExchangeOnline,

    /// <summary>PowerShell of a Windows server, without Exchange's commands: DNS, network.</summary>
    Windows,
}

/// <summary>The names of shells.</summary>
public static class ShellNames
{
    /// <summary>The name in JSON.</summary>
    public static string Name(this Shell shell) => shell switch
    {
        Shell.OnPremises => "on-premises",
        Shell.ExchangeOnline => "exchange-online",
        _ => "windows",
    };

    /// <summary>The name in a heading.</summary>
    public static string Title(this Shell shell) => shell switch
    {
        Shell.OnPremises => "Exchange Management Shell",
        Shell.ExchangeOnline => "Exchange Online PowerShell",
        _ => "Windows PowerShell on the Exchange server",
    };
}
