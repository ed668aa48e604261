using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Own;

namespace Mailflow.Rules;

/// <summary>What rules would change: counts failures that the rules judge otherwise than the built-in ones, by rule.</summary>
sealed class RulesTrial(OwnRules rules)
{
    readonly Dictionary<OwnRule, RuleEffect> _effects = rules.All.ToDictionary(r => r, r => new RuleEffect(r));

    /// <summary>Failures that were tried.</summary>
    public long Tried { get; private set; }

    /// <summary>Failures whose cause, sub-reason or responsible side would be another.</summary>
    public long Changed => _effects.Values.Sum(e => e.Changed);

    /// <summary>What each rule does, in the order of the file.</summary>
    public IEnumerable<RuleEffect> Effects => _effects.Values;

    /// <summary>Tries one failure's status text.</summary>
    /// <param name="host">The server that rejected, where it is known.</param>
    /// <param name="address">Its address.</param>
    public void Add(string status, string host = "", string address = "")
    {
        Tried++;
        var with = Diagnosis.Of(status, rules, host, address);
        if (with.DecidedBy is not { } rule)
            return;
        var without = Diagnosis.Of(status);
        var effect = _effects[rule];
        effect.Matched++;
        if ((with.Cause, with.SubReason, with.Fault) == (without.Cause, without.SubReason, without.Fault))
            return;
        effect.Changed++;
        effect.Before[without.Cause] = effect.Before.GetValueOrDefault(without.Cause) + 1;
    }
}

/// <summary>What one rule does.</summary>
sealed class RuleEffect(OwnRule rule)
{
    /// <summary>The rule.</summary>
    public OwnRule Rule => rule;

    /// <summary>Failures that it decides.</summary>
    public long Matched { get; set; }

    /// <summary>Failures among them that were judged otherwise.</summary>
    public long Changed { get; set; }

    /// <summary>The changed ones by their cause without the rule.</summary>
    public Dictionary<Cause, long> Before { get; } = [];
}
