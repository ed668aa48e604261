namespace Mailflow.Analysis.Incidents;

/// <summary>Watches for incidents that are not failures at a place.</summary>
abstract class Watcher
{
    public virtual void Take(in Passage passage)
    {
    }

    public virtual void Take(TroubleCase trouble)
    {
    }

    public virtual void Take(Signal signal)
    {
    }

    /// <summary>Looks at the state at the end of a minute.</summary>
    public abstract void Look(int minute);
}
