namespace Mailflow.Analysis.Incidents;

/// <summary>A place that may explain cases of the last minutes.</summary>
/// <param name="key">The place.</param>
/// <param name="family">The family of its cases; null: all that are not personal.</param>
/// <param name="isWide">It explains several domains that are hit, though other mail at the place is not.</param>
sealed class Candidate(PlaceKey key, CauseFamily? family, bool isWide)
{
    /// <summary>More cases than an ordinary place has; a list that grew larger is released.</summary>
    const int Ordinary = 256;

    public PlaceKey Key { get; private set; } = key;

    public CauseFamily? Family { get; private set; } = family;

    public bool IsWide => isWide;

    public List<TroubleCase> Cases { get; } = [];

    /// <summary>Makes it a new one: of another place, without cases.</summary>
    public Candidate Begin(PlaceKey newKey, CauseFamily? newFamily)
    {
        (Key, Family, Messages, Attempts, Probability, Gain) = (newKey, newFamily, 0, 0, 0, 0);
        Cases.Clear();
        if (Cases.Capacity > Ordinary)
            Cases.Capacity = 0;
        return this;
    }

    /// <summary>Distinct messages among the cases.</summary>
    public int Messages { get; set; }

    /// <summary>Messages to the place in the same time, with those.</summary>
    public long Attempts { get; set; }

    /// <summary>The probability of so many messages on an ordinary day.</summary>
    public double Probability { get; set; }

    /// <summary>How much better the cases are explained if the place has a problem, in natural units of likelihood, less the price of one more place.</summary>
    public double Gain { get; set; }

    public double Share => Messages / Math.Max(1.0, Math.Max(Attempts, Messages));
}
