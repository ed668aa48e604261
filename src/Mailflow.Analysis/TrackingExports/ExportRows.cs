namespace Mailflow.Analysis.TrackingExports;

/// <summary>The rows of an export one after the other. The fields of a row are valid until the next one is read.</summary>
abstract class ExportRows : IDisposable
{
    /// <summary>The number of the row in the file, from 1.</summary>
    public long Record { get; protected set; }

    /// <summary>Moves to the next row that can be read.</summary>
    public abstract bool Next();

    /// <summary>A field in UTF-8; empty where there is none. Of a list, its members with a line end between them.</summary>
    public abstract ReadOnlySpan<byte> this[ExportColumn column] { get; }

    /// <summary>Whether a field was written as a list, whose members are known.</summary>
    public virtual bool IsList(ExportColumn column) => false;

    public virtual void Dispose()
    {
    }
}
