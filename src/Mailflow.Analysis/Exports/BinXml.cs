using System.Buffers.Binary;

namespace Mailflow.Analysis.Exports;

/// <summary>
/// The binary XML of one chunk (MS-EVEN6 2.2.12; in files, names and templates are stored once per chunk and referred to by offset).
/// A record is an instance of a template: its values replace the placeholders %0, %1, … of elements that may belong to another record.
/// Nothing is read outside the chunk; depth, elements and text per record are limited, so circular references end.
/// </summary>
sealed class BinXml(ReadOnlyMemory<byte> chunk)
{
    const int MaxText = 1 << 20;
    const int MaxTokens = 50_000;
    const byte More = 0x40;

    readonly BinXmlCursor _at = new(chunk);
    int _nodes;
    int _tokens;
    int _textLeft;

    /// <summary>The event between two offsets of the chunk; null where it cannot be read.</summary>
    public ElementNode? Read(int start, int end)
    {
        (_at.Position, _at.End, _at.IsBad) = (start, end, false);
        (_nodes, _tokens, _textLeft) = (0, 0, MaxText);
        var top = new ElementNode("");
        Content(top, default, dependencies: false, 0);
        return !_at.IsBad && top.Children.Count > 0 ? top.Children[0] : null;
    }

    /// <summary>Reads to the end of the element or fragment.</summary>
    void Content(ElementNode into, Values values, bool dependencies, int depth)
    {
        if (depth > ElementNode.MaxDepth)
        {
            _at.IsBad = true;
            return;
        }

        while (!_at.IsBad && _at.Position < _at.End)
        {
            var token = _at.Byte();
            if (++_tokens > MaxTokens)
                _at.IsBad = true;
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
                    _at.Skip(3);
                    break;
                case 0x0A:
                    _ = _at.Name();
                    break;
                case 0x0B:
                    _at.Skip(_at.Short() * 2);
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

    /// <summary>Literal text: a string, CDATA, a character reference or an entity.</summary>
    string Text(int token)
    {
        switch (token & ~More)
        {
            case 0x05:
                if (_at.Byte() != BinXmlValue.String)
                    _at.IsBad = true;
                return Counted(_at.Characters(_at.Short()));
            case 0x07:
                return Counted(_at.Characters(_at.Short()));
            case 0x08:
                return Counted(((char)_at.Short()).ToString());
            case 0x09:
                return _at.Name() switch { "lt" => "<", "gt" => ">", "amp" => "&", "quot" => "\"", "apos" => "'", _ => "" };
            default:
                _at.IsBad = true;
                return "";
        }
    }

    void Element(bool hasAttributes, ElementNode parent, Values values, bool dependencies, int depth)
    {
        if (dependencies)
            _at.Skip(sizeof(ushort));
        _at.Skip(sizeof(uint)); // the size of the element
        var node = new ElementNode(_at.Name());
        if (hasAttributes)
            _at.Skip(sizeof(uint));
        while (!_at.IsBad && _at.Position < _at.End && (_at.Peek() & ~More) == 0x06)
            Attribute(node, values);
        if (++_nodes > ElementNode.MaxNodes)
            _at.IsBad = true;
        var close = _at.Byte();
        if (close == 0x02)
            Content(node, values, dependencies, depth);
        else if (close != 0x03)
            _at.IsBad = true;
        if (node.Members is { } members)
            parent.Children.AddRange(members.Select(m => node.Repeat(m)));
        else if (!node.IsOmitted)
            parent.Children.Add(node);
    }

    void Attribute(ElementNode node, Values values)
    {
        _at.Skip(1);
        if (++_tokens > MaxTokens)
            _at.IsBad = true;
        var name = _at.Name();
        var (value, omitted) = (new ElementNode(name), false);
        while (!_at.IsBad && _at.Position < _at.End && (_at.Peek() & ~More) is not (0x02 or 0x03 or 0x06) and var next)
        {
            var token = _at.Byte();
            if (++_tokens > MaxTokens)
                _at.IsBad = true;
            if (next is 0x0D or 0x0E)
            {
                var found = values.At(_at.Short());
                _at.Skip(1);
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
        var found = values.At(_at.Short());
        _at.Skip(1);
        if (found.IsNull)
        {
            into.IsOmitted |= optional;
        }
        else if (found.Type == BinXmlValue.Xml)
        {
            var (position, end) = (_at.Position, _at.End);
            (_at.Position, _at.End) = (found.Offset, found.Offset + found.Length);
            Content(into, default, dependencies: false, depth);
            (_at.Position, _at.End) = (position, end);
        }
        else if ((found.Type & BinXmlValue.Array) != 0)
        {
            into.Members = BinXmlValue.Texts(found.Type, Bytes(found));
            _nodes += into.Members.Count;
            foreach (var member in into.Members)
                Counted(member);
            if (_nodes > ElementNode.MaxNodes)
                _at.IsBad = true;
        }
        else
        {
            into.Append(Counted(BinXmlValue.Text(found.Type, Bytes(found))));
        }
    }

    /// <summary>A byte, the id, the offset of the definition (which is inline at its first use); then the values: count, sizes and types, bytes.</summary>
    void Template(ElementNode into, int depth)
    {
        _at.Skip(1 + sizeof(uint));
        var definition = _at.Int();
        const int DefinitionHeader = sizeof(uint) + 16 + sizeof(uint);
        if (definition < 0 || definition > chunk.Length - DefinitionHeader)
        {
            _at.IsBad = true;
            return;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(chunk.Span[(definition + DefinitionHeader - sizeof(uint))..]);
        var start = definition + DefinitionHeader;
        if (length < 0 || length > chunk.Length - start)
        {
            _at.IsBad = true;
            return;
        }

        if (definition == _at.Position)
            _at.Skip(DefinitionHeader + length);
        var values = ReadValues();
        if (_at.IsBad)
            return;
        var (position, end) = (_at.Position, _at.End);
        (_at.Position, _at.End) = (start, start + length);
        Content(into, values, dependencies: true, depth);
        (_at.Position, _at.End) = (position, end);
    }

    Values ReadValues()
    {
        var count = _at.Int();
        if (count < 0 || count > (_at.End - _at.Position) / 4)
        {
            _at.IsBad = true;
            return default;
        }

        // Counted against the limit: a template that contains itself would otherwise allocate an array at each level.
        _tokens += count;
        var all = new Value[count];
        var offset = _at.Position + (count * 4);
        for (var i = 0; i < count; i++)
        {
            var length = _at.Short();
            var type = _at.Byte();
            _at.Skip(1);
            if (length > _at.End - offset)
            {
                _at.IsBad = true;
                return default;
            }

            all[i] = new(type, offset, length);
            offset += length;
        }

        _at.Position = offset;
        return new(all);
    }

    string Counted(string text)
    {
        _textLeft -= text.Length;
        _at.IsBad |= _textLeft < 0;
        return _at.IsBad ? "" : text;
    }

    ReadOnlySpan<byte> Bytes(Value value) => chunk.Span.Slice(value.Offset, value.Length);

    readonly record struct Value(byte Type, int Offset, int Length)
    {
        public bool IsNull => Type == BinXmlValue.Null || (Length == 0 && Type != BinXmlValue.Xml && Type != BinXmlValue.String);
    }

    readonly struct Values(Value[] all)
    {
        public Value At(int index) => all is not null && index < all.Length ? all[index] : default;
    }
}
