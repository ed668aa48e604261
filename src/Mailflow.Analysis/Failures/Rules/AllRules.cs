namespace Mailflow.Analysis.Failures.Rules;

/// <summary>The families of rules in the order in which they are asked.</summary>
static class AllRules
{
    public static IReadOnlyList<RuleFamily> Families { get; } =
    [
        new("Exchange reasons", Strength.Token, ExchangeReasons.Rules),
        new("network", Strength.Text, NetworkRules.Rules),
        new("senders", Strength.Text, SenderRules.Rules),
        new("recipients", Strength.Text, RecipientRules.Rules),
        new("vague words", Strength.VagueText, VagueRules.Rules),
    ];
}
