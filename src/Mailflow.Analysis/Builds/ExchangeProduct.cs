namespace Mailflow.Analysis.Builds;

/// <summary>A product, and its updates, the oldest first.</summary>
/// <param name="EndOfSupport">The last day with support; null if Microsoft has not announced one.</param>
/// <param name="Levels">Its releases and cumulative updates.</param>
public sealed record ExchangeProduct(string Name, DateTime? EndOfSupport, IReadOnlyList<ExchangeLevel> Levels)
{
    /// <summary>
    /// The updates that everybody can install. What was released after the end of support is only for customers of the paid Extended Security
    /// Update programme.
    /// </summary>
    public IEnumerable<ExchangeUpdate> PublicUpdates => Levels.SelectMany(l => l.Updates).Where(u => !(u.Released > EndOfSupport));

    /// <summary>The newest of <see cref="PublicUpdates"/>; null if the table has no builds of this product.</summary>
    public ExchangeUpdate? Newest => PublicUpdates.MaxBy(u => (u.Released, u.Build.Number));
}

/// <summary>A release or a cumulative update, with the updates that are installed on top of it. The first is the level itself.</summary>
public sealed record ExchangeLevel(string Name, IReadOnlyList<ExchangeUpdate> Updates)
{
    /// <summary>The third part of the build: it tells the level, whatever is installed on top.</summary>
    public int Number => Updates[0].Build.Number;
}

/// <summary>A cumulative update (`CU14`), or a security update (SU) or hotfix update (HU) on top of one (`CU14 Nov24SU`).</summary>
public sealed record ExchangeUpdate(string Name, ExchangeBuild Build, DateTime Released);
