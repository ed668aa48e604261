using System.Buffers.Binary;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>
/// The SMTP sessions of one file that have not ended. Bounded: the one that has been silent longest makes room for a new one. What is open is
/// saved with the position of the file and loaded after a restart, so that a session counts the same whenever the program was stopped.
/// </summary>
public sealed class OpenSessions
{
    /// <summary>Exchange lets a receive connector have 5,000 connections, of which a file rarely shows hundreds at once.</summary>
    public const int MaxSessions = 4096;

    /// <summary>Bytes of unfinished replies of all sessions together; what is longer is judged by its start.</summary>
    const int MaxReplyBytes = 256 * 1024;

    const byte Format = 1;

    readonly Dictionary<ulong, LinkedListNode<OpenSession>> _byId = [];
    readonly LinkedList<OpenSession> _byUse = [];
    readonly Stack<LinkedListNode<OpenSession>> _spare = [];

    /// <summary>How many are open.</summary>
    public int Count => _byId.Count;

    internal int ReplyBytes { get; set; }

    internal bool HasRoomForReply(int bytes) => ReplyBytes + bytes <= MaxReplyBytes;

    /// <summary>The session with this id; a new one where it is not known.</summary>
    /// <param name="evicted">True where the one that was silent longest had to go.</param>
    internal OpenSession Get(ulong id, out bool isNew, out bool evicted)
    {
        evicted = false;
        isNew = !_byId.TryGetValue(id, out var node);
        if (!isNew)
        {
            if (_byUse.Last != node)
            {
                _byUse.Remove(node!);
                _byUse.AddLast(node!);
            }

            return node!.Value;
        }

        if (_byId.Count >= MaxSessions)
        {
            evicted = true;
            Remove(_byUse.First!.Value.Id);
        }

        node = _spare.TryPop(out var spare) ? spare : new(new());
        node.Value.Begin(id);
        _byId.Add(id, node);
        _byUse.AddLast(node);
        return node.Value;
    }

    internal void Remove(ulong id)
    {
        if (!_byId.Remove(id, out var node))
            return;
        ReplyBytes -= node.Value.Reply.Count;
        _byUse.Remove(node);
        _spare.Push(node);
    }

    /// <summary>What is open, as bytes.</summary>
    public byte[] Save()
    {
        if (_byUse.Count == 0)
            return [];
        var size = 1 + sizeof(int);
        foreach (var session in _byUse)
            size += session.SavedSize;
        var saved = new byte[size];
        saved[0] = Format;
        BinaryPrimitives.WriteInt32LittleEndian(saved.AsSpan(1), _byUse.Count);
        var at = 1 + sizeof(int);
        foreach (var session in _byUse)
            at += session.Save(saved.AsSpan(at));
        return saved;
    }

    /// <summary>What <see cref="Save"/> made. Bytes that it did not make give what can be read of them.</summary>
    public static OpenSessions Load(ReadOnlySpan<byte> saved)
    {
        var sessions = new OpenSessions();
        if (saved.Length < 1 + sizeof(int) || saved[0] != Format)
            return sessions;
        var left = Math.Min(MaxSessions, BinaryPrimitives.ReadInt32LittleEndian(saved[1..]));
        saved = saved[(1 + sizeof(int))..];
        while (left-- > 0 && saved.Length >= sizeof(ulong))
        {
            var session = sessions.Get(BinaryPrimitives.ReadUInt64LittleEndian(saved), out _, out _);
            var length = session.Load(saved);
            sessions.ReplyBytes += session.Reply.Count;
            if (length == 0)
            {
                sessions.Remove(session.Id);
                break;
            }

            saved = saved[length..];
        }

        return sessions;
    }
}

/// <summary>What is known of an open session so far.</summary>
sealed class OpenSession
{
    /// <summary>Runs of commands that wait for their replies: with PIPELINING those come after several commands, in their order (RFC 2920).</summary>
    const int MaxRuns = 8;

    /// <summary>A reply longer than this is judged by its start.</summary>
    public const int MaxReply = 2048;

    const int Fixed = sizeof(ulong) + 4 + (2 * sizeof(int)) + sizeof(ushort);
    const int RunSize = 1 + sizeof(int);

    /// <summary>BDAT without LAST: its 250 takes a part of a message, not the message.</summary>
    public const SmtpStage Chunk = SmtpStage.Other + 1;

    [Flags]
    enum Marks : byte
    {
        None = 0,
        SawStart = 1,
        SawCommand = 2,
        TlsFailed = 4,
        AuthFailed = 8,
    }

    readonly (SmtpStage Stage, int Count)[] _runs = new (SmtpStage, int)[MaxRuns];
    int _runCount;
    Marks _marks;

    public ulong Id { get; private set; }

    public TlsVersion Tls { get; set; }

    /// <summary>The last command's stage.</summary>
    public SmtpStage Last { get; private set; }

    /// <summary>Messages that were taken.</summary>
    public int Accepted { get; set; }

    /// <summary>Replies of 4xx and 5xx.</summary>
    public int Refused { get; set; }

    /// <summary>The lines of a reply so far, where more are to come.</summary>
    public List<byte> Reply { get; } = [];

    public bool SawStart
    {
        get => Is(Marks.SawStart);
        set => Set(Marks.SawStart, value);
    }

    public bool SawCommand
    {
        get => Is(Marks.SawCommand);
        private set => Set(Marks.SawCommand, value);
    }

    public bool TlsFailed
    {
        get => Is(Marks.TlsFailed);
        set => Set(Marks.TlsFailed, value);
    }

    public bool AuthFailed
    {
        get => Is(Marks.AuthFailed);
        set => Set(Marks.AuthFailed, value);
    }

    public SmtpStage? Waiting => _runCount > 0 ? _runs[0].Stage : null;

    public void Begin(ulong id)
    {
        (Id, Tls, Last, Accepted, Refused, _runCount, _marks) = (id, TlsVersion.None, SmtpStage.Banner, 0, 0, 0, Marks.None);
        Reply.Clear();
    }

    /// <summary>A command was given and waits for its reply.</summary>
    public void Command(SmtpStage stage)
    {
        SawCommand = true;
        Last = stage;
        if (_runCount > 0 && _runs[_runCount - 1].Stage == stage)
            _runs[_runCount - 1].Count = Math.Min(int.MaxValue - 1, _runs[_runCount - 1].Count) + 1;
        else if (_runCount < MaxRuns)
            _runs[_runCount++] = (stage, 1);
    }

    /// <summary>The stage that a reply answers; a reply that nothing waits for goes to the last command, or is the banner.</summary>
    public SmtpStage TakeWaiting()
    {
        if (_runCount == 0)
            return Last;
        var stage = _runs[0].Stage;
        if (--_runs[0].Count <= 0)
        {
            _runCount--;
            Array.Copy(_runs, 1, _runs, 0, _runCount);
        }

        return stage;
    }

    public SmtpOutcome Outcome(bool broken) =>
        !SawStart ? SmtpOutcome.UnknownStart
        : Accepted > 0 ? Refused > 0 ? SmtpOutcome.PartlyRefused : SmtpOutcome.Accepted
        : TlsFailed ? SmtpOutcome.TlsFailed
        : Refused > 0 ? SmtpOutcome.Refused
        : AuthFailed ? SmtpOutcome.AuthFailed
        : broken && SawCommand ? SmtpOutcome.Broken
        : SmtpOutcome.NoMessage;

    public int SavedSize => Fixed + (_runCount * RunSize) + Reply.Count;

    public int Save(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to, Id);
        to = to[sizeof(ulong)..];
        (to[0], to[1], to[2], to[3]) = ((byte)_marks, (byte)Tls, (byte)Last, (byte)_runCount);
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], Accepted);
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], Refused);
        BinaryPrimitives.WriteUInt16LittleEndian(to[12..], (ushort)Reply.Count);
        to = to[14..];
        for (var i = 0; i < _runCount; i++)
        {
            to[0] = (byte)_runs[i].Stage;
            BinaryPrimitives.WriteInt32LittleEndian(to[1..], _runs[i].Count);
            to = to[RunSize..];
        }

        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Reply).CopyTo(to);
        return SavedSize;
    }

    /// <returns>Bytes taken; 0 where they are not whole.</returns>
    public int Load(ReadOnlySpan<byte> saved)
    {
        if (saved.Length < Fixed)
            return 0;
        var from = saved[sizeof(ulong)..];
        (_marks, Tls, Last) = ((Marks)from[0], (TlsVersion)Math.Min(from[1], (byte)TlsVersion.Other), (SmtpStage)Math.Min(from[2], (byte)Chunk));
        _runCount = Math.Min(from[3], (byte)MaxRuns);
        Accepted = BinaryPrimitives.ReadInt32LittleEndian(from[4..]);
        Refused = BinaryPrimitives.ReadInt32LittleEndian(from[8..]);
        var reply = BinaryPrimitives.ReadUInt16LittleEndian(from[12..]);
        from = from[14..];
        if (from.Length < (_runCount * RunSize) + reply)
            return 0;
        for (var i = 0; i < _runCount; i++)
        {
            _runs[i] = ((SmtpStage)Math.Min(from[0], (byte)Chunk), BinaryPrimitives.ReadInt32LittleEndian(from[1..]));
            from = from[RunSize..];
        }

        Reply.AddRange(from[..Math.Min((int)reply, MaxReply)]);
        return Fixed + (_runCount * RunSize) + reply;
    }

    bool Is(Marks mark) => (_marks & mark) != Marks.None;

    void Set(Marks mark, bool value) => _marks = value ? _marks | mark : _marks & ~mark;
}
