namespace Mailflow.Analysis.Builds;

/// <summary>Whether Microsoft still supports a build's product.</summary>
public enum SupportState
{
    Supported,
    OutOfSupport,

    /// <summary>The product is not in the table.</summary>
    Unknown,
}

/// <summary>What a build says about updates.</summary>
public enum UpdateState
{
    /// <summary>The table has no newer public update.</summary>
    Current,

    /// <summary>
    /// Newer security or hotfix updates of this level exist. The server may have one of them: not each update changes the build that the log names.
    /// </summary>
    NewerExists,

    /// <summary>The level (release or cumulative update) gets no more updates: a newer cumulative update must be installed.</summary>
    Behind,

    /// <summary>Newer than all builds of its level in the table, or its level is newer than the table.</summary>
    NewerThanKnown,

    /// <summary>The table does not have the build, or has no builds of its product.</summary>
    Unknown,
}

/// <summary>What the build in a log says about its server.</summary>
/// <param name="Product">Null if it is not in the table.</param>
/// <param name="Level">The release or cumulative update; null if it is not in the table.</param>
/// <param name="Update">
/// The newest update that the build proves. The server may have a newer one of the same level, see <see cref="UpdateState.NewerExists"/>.
/// </param>
/// <param name="Next">The first public update that was released after it; null if none is known.</param>
/// <param name="Newest">The newest public update of the product that is known.</param>
public sealed record BuildState(
    ExchangeBuild Build,
    ExchangeProduct? Product,
    ExchangeLevel? Level,
    ExchangeUpdate? Update,
    UpdateState State,
    ExchangeUpdate? Next,
    ExchangeUpdate? Newest)
{
    /// <summary>Judges a build. It depends on the table only; what depends on the time takes the time.</summary>
    public static BuildState Of(ExchangeBuild build)
    {
        var product = ExchangeBuilds.ProductOf(build);
        var newest = product?.Newest;
        if (product is null || newest is null)
            return new(build, product, null, null, UpdateState.Unknown, null, null);
        if (product.Levels.FirstOrDefault(l => l.Number == build.Number) is not { } level)
            return new(
                build, product, null, null, build.Number > product.Levels[^1].Number ? UpdateState.NewerThanKnown : UpdateState.Unknown, null, newest);

        // A component that was built before the release has a lower revision: 15.00.1104.000 is in logs of CU9, whose build is 15.0.1104.5.
        var update = level.Updates.LastOrDefault(u => u.Build.Revision <= build.Revision) ?? level.Updates[0];
        var next = product.PublicUpdates.Where(u => u.Released > update.Released).MinBy(u => (u.Released, u.Build.Number));
        // Of the older levels the table does not have all updates: a higher revision can be an old one.
        var isNewer = update == level.Updates[^1] && build.Revision > update.Build.Revision && update.Released >= ExchangeBuilds.CompleteSince;
        var getsUpdates = level.Updates.Any(u => u.Released >= newest.Released);
        return new(
            build,
            product,
            level,
            update,
            isNewer ? UpdateState.NewerThanKnown
                : next is null ? UpdateState.Current
                : getsUpdates ? UpdateState.NewerExists
                : UpdateState.Behind,
            isNewer ? null : next,
            newest);
    }

    public SupportState SupportAt(DateTimeOffset now) => this switch
    {
        { Product: null } => SupportState.Unknown,
        // The last day of support counts in the time zone of Redmond, where it ends some hours later.
        { Product.EndOfSupport: { } end } when now.UtcDateTime > end.AddDays(1) => SupportState.OutOfSupport,
        _ => SupportState.Supported,
    };

    /// <summary>`Exchange Server 2019 CU14 Nov24SU`, as far as it is known.</summary>
    public string Name => Product is null ? "an unknown version of Exchange" : Update is null ? Product.Name : $"{Product.Name} {Update.Name}";
}
