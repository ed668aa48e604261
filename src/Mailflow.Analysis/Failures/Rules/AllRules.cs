namespace Mailflow.Analysis.Failures.Rules;

/// <summary>The families of rules in the order in which they are tried.</summary>
static class AllRules
{
    public static IReadOnlyList<RuleFamily> Families { get; } =
    [
        new("Exchange's reasons", Strength.Token, ExchangeReasons.Rules),
        new("Exchange's replies", Strength.Text, ExchangeReplies.Rules),
        new("providers", Strength.Text, ProviderRules.Rules),
        new("gateways", Strength.Text, GatewayRules.Rules),
        new("senders", Strength.Text, SenderRules.Rules),
        new("relaying", Strength.Text, RelayRules.Rules),
        new("recipients", Strength.Text, RecipientRules.Rules),
        new("network", Strength.Text, NetworkRules.Rules),
        new("content", Strength.Text, ContentRules.Rules),
        new("other languages", Strength.Text, LanguageRules.Rules),
        new("vague words", Strength.VagueText, VagueRules.Rules),
    ];
}
