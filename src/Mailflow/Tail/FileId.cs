using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Tail;

/// <summary>The file system's identity of a file, independent of its name: device and inode, or volume and file id on Windows.</summary>
static partial class FileId
{
    /// <returns>Zeros where the system has none; header and guard then decide alone.</returns>
    public static (long Device, long Inode) Of(SafeFileHandle file) =>
        OperatingSystem.IsLinux() ? OfLinux(file) : OperatingSystem.IsWindows() ? OfWindows(file) : default;

    /// <summary>The same for a path.</summary>
    public static (long Device, long Inode) Of(string path)
    {
        try
        {
            using var file = FileOpener.Open(path);
            return Of(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>The file at a path, without opening it.</summary>
    /// <param name="follow">Whether a link is followed.</param>
    /// <param name="error">Why the file cannot be examined, as on a failing share; otherwise null.</param>
    /// <param name="other">The kind of a path that is not a file.</param>
    /// <returns>Null where there is no file. Device and inode are 0 where the system has none.</returns>
    public static FoundFile? Find(string path, bool follow, out string? error, out string? other)
    {
        const string Link = "a link, which is not followed";
        const int NoSuchFile = 2;
        const int NoFolder = 20;
        const int CurrentFolder = -100;
        const uint BasicStatsAndBirth = 0xfff;
        const uint Birth = 0x800;
        const int NoFollow = 0x100;
        const int RegularFile = 0x8000;
        const int SymbolicLink = 0xA000;
        (error, other) = (null, null);
        if (!OperatingSystem.IsLinux())
        {
            try
            {
                var info = new FileInfo(path);
                if (!follow && (int)info.Attributes != -1 && info.Attributes.HasFlag(FileAttributes.ReparsePoint))
                    other = Link;
                return info.Exists && other is null ? new(path, 0, 0, info.Length, info.LastWriteTimeUtc) : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                error = e.Message;
                return null;
            }
        }

        Span<byte> result = stackalloc byte[256];
        if (StatX(CurrentFolder, path, follow ? 0 : NoFollow, BasicStatsAndBirth, ref MemoryMarshal.GetReference(result)) != 0)
        {
            var number = Marshal.GetLastPInvokeError();
            error = number is NoSuchFile or NoFolder ? null : Marshal.GetPInvokeErrorMessage(number);
            return null;
        }

        if ((BitConverter.ToUInt16(result[28..]) & 0xF000) is var kind && kind != RegularFile)
        {
            other = kind == SymbolicLink ? Link : "not a file but a pipe, a socket or a device";
            return null;
        }

        var (device, inode) = Identity(result);
        // stx_size at 40, stx_mtime at 112: seconds, then nanoseconds.
        var lastWrite = DateTime.UnixEpoch.AddTicks(
            (BitConverter.ToInt64(result[112..]) * TimeSpan.TicksPerSecond) + (BitConverter.ToUInt32(result[120..]) / 100));
        return new(path, device, inode, BitConverter.ToInt64(result[40..]), lastWrite)
        {
            // stx_btime at 80; stx_mask at 0 says whether it is set.
            Born = (BitConverter.ToUInt32(result) & Birth) == 0
                ? 0
                : (BitConverter.ToInt64(result[80..]) * 1_000_000_000) + BitConverter.ToUInt32(result[88..]),
        };
    }

    /// <summary>Device and inode of a folder, links followed; zeros where the system has none.</summary>
    public static (long Device, long Inode) OfFolder(string path)
    {
        const int CurrentFolder = -100;
        const uint InodeNumber = 0x100;
        if (!OperatingSystem.IsLinux())
            return default;
        Span<byte> result = stackalloc byte[256];
        return StatX(CurrentFolder, path, 0, InodeNumber, ref MemoryMarshal.GetReference(result)) == 0 ? Identity(result) : default;
    }

    /// <summary>The modification time of a folder, which changes with its list of names; default where it cannot be read.</summary>
    public static DateTime FolderWritten(string path)
    {
        try
        {
            return Directory.GetLastWriteTimeUtc(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    static (long, long) OfLinux(SafeFileHandle file)
    {
        const int AtEmptyPath = 0x1000;
        const uint InodeNumber = 0x100;
        Span<byte> result = stackalloc byte[256];
        return StatX(file, "", AtEmptyPath, InodeNumber, ref MemoryMarshal.GetReference(result)) == 0 ? Identity(result) : default;
    }

    /// <summary>statx(2) has the same layout on every architecture: stx_ino at 32, stx_dev_major and _minor at 136 and 140.</summary>
    static (long, long) Identity(ReadOnlySpan<byte> result) =>
        (((long)BitConverter.ToUInt32(result[136..]) << 32) | BitConverter.ToUInt32(result[140..]), BitConverter.ToInt64(result[32..]));

    static (long, long) OfWindows(SafeFileHandle file)
    {
        const int FileIdInfo = 18;
        Span<byte> result = stackalloc byte[24];
        if (!GetFileInformationByHandleEx(file, FileIdInfo, ref MemoryMarshal.GetReference(result), result.Length))
            return default;
        return (BitConverter.ToInt64(result), BitConverter.ToInt64(result[8..]) ^ BitConverter.ToInt64(result[16..]));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatX(SafeFileHandle directory, string path, int flags, uint mask, ref byte result);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatX(int directory, string path, int flags, uint mask, ref byte result);

    [LibraryImport("kernel32.dll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetFileInformationByHandleEx(SafeFileHandle file, int what, ref byte result, int length);
}
