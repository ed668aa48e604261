using System.Buffers.Binary;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>
/// The SMTP sessions of one file that have not ended. Bounded: a new session replaces the one that was idle longest. The open sessions are
/// saved with the file's position and loaded after a restart, so that counts do not depend on when the program was stopped.
/// </summary>
public sealed class OpenSessions
{
    /// <summary>Exchange allows 5,000 connections per receive connector; a file rarely has hundreds of open sessions at once.</summary>
    public const int MaxSessions = 4096;

    /// <summary>Limit for the unfinished replies of all sessions together, in bytes; a longer reply is judged by its start.</summary>
    const int MaxReplyBytes = 256 * 1024;

    const byte Format = 1;

    readonly Dictionary<ulong, LinkedListNode<OpenSession>> _byId = [];
    readonly LinkedList<OpenSession> _byUse = [];
    readonly Stack<LinkedListNode<OpenSession>> _spare = [];

    /// <summary>The number of open sessions.</summary>
    public int Count => _byId.Count;

    internal int ReplyBytes { get; set; }

    internal bool HasRoomForReply(int bytes) => ReplyBytes + bytes <= MaxReplyBytes;

    /// <summary>The session with this id, created where it is not known.</summary>
    /// <param name="evicted">True where the session that was idle longest was removed for it.</param>
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

    /// <summary>Serialises the open sessions.</summary>
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

    /// <summary>Reads the output of <see cref="Save"/>. From other bytes, it reads as many sessions as it can.</summary>
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

/// <summary>The state of an open session.</summary>
sealed class OpenSession
{
    /// <summary>Groups of commands waiting for replies: with PIPELINING, replies arrive after several commands, in the same order (RFC 2920).</summary>
    const int MaxRuns = 8;

    /// <summary>Limit of a reply; a longer one is judged by its start.</summary>
    public const int MaxReply = 2048;

    const int Fixed = sizeof(ulong) + 4 + (2 * sizeof(int)) + sizeof(ushort);
    const int RunSize = 1 + sizeof(int);

    /// <summary>BDAT without LAST: its 250 reply acknowledges a part of a message, not the whole message.</summary>
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

    /// <summary>Number of accepted messages.</summary>
    public int Accepted { get; set; }

    /// <summary>Number of 4xx and 5xx replies.</summary>
    public int Rejected { get; set; }

    /// <summary>The lines so far of a reply that is not complete.</summary>
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
        (Id, Tls, Last, Accepted, Rejected, _runCount, _marks) = (id, TlsVersion.None, SmtpStage.Banner, 0, 0, 0, Marks.None);
        Reply.Clear();
    }

    /// <summary>Adds a command that waits for its reply.</summary>
    public void Command(SmtpStage stage)
    {
        SawCommand = true;
        Last = stage;
        if (_runCount > 0 && _runs[_runCount - 1].Stage == stage)
            _runs[_runCount - 1].Count = Math.Min(int.MaxValue - 1, _runs[_runCount - 1].Count) + 1;
        else if (_runCount < MaxRuns)
            _runs[_runCount++] = (stage, 1);
    }

    /// <summary>The stage that a reply answers; without a waiting command, that of the last command, or the banner.</summary>
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
        : Accepted > 0 ? Rejected > 0 ? SmtpOutcome.PartlyRefused : SmtpOutcome.Accepted
        : TlsFailed ? SmtpOutcome.TlsFailed
        : Rejected > 0 ? SmtpOutcome.Refused
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
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], Rejected);
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

    /// <returns>Bytes read; 0 where they are incomplete.</returns>
    public int Load(ReadOnlySpan<byte> saved)
    {
        if (saved.Length < Fixed)
            return 0;
        var from = saved[sizeof(ulong)..];
        (_marks, Tls, Last) = ((Marks)from[0], (TlsVersion)Math.Min(from[1], (byte)TlsVersion.Other), (SmtpStage)Math.Min(from[2], (byte)Chunk));
        _runCount = Math.Min(from[3], (byte)MaxRuns);
        Accepted = BinaryPrimitives.ReadInt32LittleEndian(from[4..]);
        Rejected = BinaryPrimitives.ReadInt32LittleEndian(from[8..]);
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
