using System.Buffers.Binary;
using System.Text;

namespace Mailflow.Analysis.Exports;

/// <summary>
/// The binary XML of one chunk (MS-EVEN6 2.2.12; in files names and templates stand once in the chunk and are referred to by offset).
/// A record is an instance of a template: its values fill the places %0, %1, … of elements that may stand in another record.
/// Nothing is read outside of the chunk; depth, elements and text of one record are bounded, so references in circles end.
/// </summary>
sealed class BinXml(ReadOnlyMemory<byte> chunk)
{
    const int MaxText = 1 << 20;
    const int MaxTokens = 50_000;
    const int MaxNameLength = 1024;
    const int MaxNames = 4096;
    const byte More = 0x40;

    readonly Dictionary<int, string> _names = [];
    int _position;
    int _end;
    int _nodes;
    int _tokens;
    int _textLeft;
    bool _bad;

    /// <summary>The event between two offsets of the chunk; null where it cannot be read.</summary>
    public ElementNode? Read(int start, int end)
    {
        (_position, _end, _nodes, _tokens, _textLeft, _bad) = (start, end, 0, 0, MaxText, false);
        var top = new ElementNode("");
        Content(top, default, dependencies: false, 0);
        return !_bad && top.Children.Count > 0 ? top.Children[0] : null;
    }

    /// <summary>Reads until the end of the element or of the fragment.</summary>
    void Content(ElementNode into, Values values, bool dependencies, int depth)
    {
        if (depth > ElementNode.MaxDepth)
        {
            _bad = true;
            return;
        }

        while (!_bad && _position < _end)
        {
            var token = Byte();
            if (++_tokens > MaxTokens)
                _bad = true;
            switch (token & ~More)
            {
                case 0x00: // end of the fragment
                case 0x04: // end of the element
                    return;
                case 0x01:
                    Element((token & More) != 0, into, values, dependencies, depth + 1);
                    break;
                case 0x0C:
                    Template(into, depth + 1);
                    break;
                case 0x0F:
                    Skip(3);
                    break;
                case 0x0A:
                    _ = Name();
                    break;
                case 0x0B:
                    Skip(Short() * 2);
                    break;
                case 0x0D:
                case 0x0E:
                    Substitute(into, values, optional: token == 0x0E, depth + 1);
                    break;
                default:
                    into.Append(Text(token));
                    break;
            }
        }
    }

    /// <summary>Literal text: a string, CDATA, a character or an entity.</summary>
    string Text(int token)
    {
        switch (token & ~More)
        {
            case 0x05:
                if (Byte() != BinXmlValue.String)
                    _bad = true;
                return Characters(Short());
            case 0x07:
                return Characters(Short());
            case 0x08:
                return Counted(((char)Short()).ToString());
            case 0x09:
                return Name() switch { "lt" => "<", "gt" => ">", "amp" => "&", "quot" => "\"", "apos" => "'", _ => "" };
            default:
                _bad = true;
                return "";
        }
    }

    void Element(bool hasAttributes, ElementNode parent, Values values, bool dependencies, int depth)
    {
        if (dependencies)
            Skip(sizeof(ushort));
        Skip(sizeof(uint)); // the size of the element
        var node = new ElementNode(Name());
        if (hasAttributes)
            Skip(sizeof(uint));
        while (!_bad && _position < _end && (Peek() & ~More) == 0x06)
            Attribute(node, values);
        if (++_nodes > ElementNode.MaxNodes)
            _bad = true;
        var close = Byte();
        if (close == 0x02)
            Content(node, values, dependencies, depth);
        else if (close != 0x03)
            _bad = true;
        if (node.Members is { } members)
            parent.Children.AddRange(members.Select(m => node.Repeat(m)));
        else if (!node.IsOmitted)
            parent.Children.Add(node);
    }

    void Attribute(ElementNode node, Values values)
    {
        Skip(1);
        var name = Name();
        var (value, omitted) = (new ElementNode(name), false);
        while (!_bad && _position < _end && (Peek() & ~More) is not (0x02 or 0x03 or 0x06) and var next)
        {
            var token = Byte();
            if (++_tokens > MaxTokens)
                _bad = true;
            if (next is 0x0D or 0x0E)
            {
                var found = values.At(Short());
                Skip(1);
                omitted |= token == 0x0E && found.IsNull;
                value.Append(Counted(BinXmlValue.Text(found.Type, Bytes(found))));
            }
            else
            {
                value.Append(Text(token));
            }
        }

        if (!omitted)
            node.Attributes.Add((name, value.Text));
    }

    void Substitute(ElementNode into, Values values, bool optional, int depth)
    {
        var found = values.At(Short());
        Skip(1);
        if (found.IsNull)
        {
            into.IsOmitted |= optional;
        }
        else if (found.Type == BinXmlValue.Xml)
        {
            var (position, end) = (_position, _end);
            (_position, _end) = (found.Offset, found.Offset + found.Length);
            Content(into, default, dependencies: false, depth);
            (_position, _end) = (position, end);
        }
        else if ((found.Type & BinXmlValue.Array) != 0)
        {
            into.Members = BinXmlValue.Texts(found.Type, Bytes(found));
            _nodes += into.Members.Count;
            foreach (var member in into.Members)
                Counted(member);
            if (_nodes > ElementNode.MaxNodes)
                _bad = true;
        }
        else
        {
            into.Append(Counted(BinXmlValue.Text(found.Type, Bytes(found))));
        }
    }

    /// <summary>One byte, id, offset of the definition, which stands here where it is used first; then the values: count, sizes and types, bytes.</summary>
    void Template(ElementNode into, int depth)
    {
        Skip(1 + sizeof(uint));
        var definition = Int();
        const int DefinitionHeader = sizeof(uint) + 16 + sizeof(uint);
        if (definition < 0 || definition > chunk.Length - DefinitionHeader)
        {
            _bad = true;
            return;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(chunk.Span[(definition + DefinitionHeader - sizeof(uint))..]);
        var start = definition + DefinitionHeader;
        if (length < 0 || length > chunk.Length - start)
        {
            _bad = true;
            return;
        }

        if (definition == _position)
            Skip(DefinitionHeader + length);
        var values = ReadValues();
        if (_bad)
            return;
        var (position, end) = (_position, _end);
        (_position, _end) = (start, start + length);
        Content(into, values, dependencies: true, depth);
        (_position, _end) = (position, end);
    }

    Values ReadValues()
    {
        var count = Int();
        if (count < 0 || count > (_end - _position) / 4)
        {
            _bad = true;
            return default;
        }

        // Else a template that holds itself would make an array at every step of its bounded way.
        _tokens += count;
        var all = new Value[count];
        var offset = _position + (count * 4);
        for (var i = 0; i < count; i++)
        {
            var length = Short();
            var type = Byte();
            Skip(1);
            if (length > _end - offset)
            {
                _bad = true;
                return default;
            }

            all[i] = new(type, offset, length);
            offset += length;
        }

        _position = offset;
        return new(all);
    }

    /// <summary>Offset of the next name, hash (2), length (2), characters, a zero. It stands here where it is used first.</summary>
    string Name()
    {
        var offset = Int();
        if (offset < 0 || offset > chunk.Length - 8)
        {
            _bad = true;
            return "";
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(chunk.Span[(offset + 6)..]);
        if (length > MaxNameLength || offset + 8 + (length * 2) > chunk.Length)
        {
            _bad = true;
            return "";
        }

        if (offset == _position)
            Skip(8 + (length * 2) + 2);
        if (!_names.TryGetValue(offset, out var name))
        {
            name = Encoding.Unicode.GetString(chunk.Span.Slice(offset + 8, length * 2));
            if (_names.Count < MaxNames)
                _names[offset] = name;
        }

        return name;
    }

    string Characters(int count)
    {
        if (count * 2 > _end - _position)
        {
            _bad = true;
            return "";
        }

        var text = Encoding.Unicode.GetString(chunk.Span.Slice(_position, count * 2));
        _position += count * 2;
        return Counted(text);
    }

    string Counted(string text)
    {
        _textLeft -= text.Length;
        _bad |= _textLeft < 0;
        return _bad ? "" : text;
    }

    ReadOnlySpan<byte> Bytes(Value value) => chunk.Span.Slice(value.Offset, value.Length);

    byte Peek() => chunk.Span[_position];

    byte Byte()
    {
        if (_position >= _end)
        {
            _bad = true;
            return 0;
        }

        return chunk.Span[_position++];
    }

    int Short() => Byte() | (Byte() << 8);

    int Int() => Short() | (Short() << 16);

    void Skip(int count)
    {
        if (count > _end - _position)
            _bad = true;
        else
            _position += count;
    }

    readonly record struct Value(byte Type, int Offset, int Length)
    {
        public bool IsNull => Type == BinXmlValue.Null || (Length == 0 && Type != BinXmlValue.Xml && Type != BinXmlValue.String);
    }

    readonly struct Values(Value[] all)
    {
        public Value At(int index) => all is not null && index < all.Length ? all[index] : default;
    }
}
