"""Goldens of HEIC, AVIF and DICOM (docs/images.md): a small file a kind, and the samples that other decoders see in it.

Needs dcmcjpeg of DCMTK and heif-enc of libheif on the PATH (Debian: dcmtk, libheif-examples), for the kinds that neither
pydicom nor Pillow writes. Run from anywhere: python Scripts/golden/medical_kinds.py

References: Pillow for AVIF, pillow-heif for HEIC, pydicom for DICOM. The DICOM files have made-up names of patients in
them, which must come up nowhere else.
"""

import io
import json
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pydicom
from PIL import Image, ImageOps
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_windowing, pixel_array
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian,
    JPEG2000Lossless, JPEGBaseline8Bit, JPEGLSLossless, JPEGLSNearLossless, RLELossless, SecondaryCaptureImageStorage,
)

from imaging import GOLDEN, png_file, scene

WIDTH, HEIGHT = 33, 21
PATIENT = "ZZYZX^MARMADUKE"


class Samples:
    """Entries of an index, and the samples that they lead to, one after the other and compressed."""

    def __init__(self, folder):
        self.folder = folder
        self.entries = []
        self.bytes = bytearray()

    def add(self, file, samples, **more):
        samples = np.ascontiguousarray(samples)
        depth = {"uint8": 8, "uint16": 16, "float32": 32}[samples.dtype.name]
        height, width = samples.shape[:2]
        self.entries.append({
            "file": file, "depth": depth, "width": width, "height": height,
            "channels": samples.shape[2] if samples.ndim == 3 else 1, "offset": len(self.bytes), **more})
        self.bytes += samples.astype(samples.dtype.newbyteorder("<")).tobytes()

    def save(self):
        (self.folder / "samples.json").write_text("[\n" + ",\n".join(map(json.dumps, self.entries)) + "\n]\n")
        (self.folder / "samples.zlib").write_bytes(zlib.compress(self.bytes, 9))


def stretched(values, bits):
    """Whole numbers of so many bits in all of 8 or 16."""
    white = 255 if bits <= 8 else 65535
    kind = np.uint8 if bits <= 8 else np.uint16
    greatest = (1 << bits) - 1
    return ((values.astype(np.int64) * white + greatest // 2) // greatest).astype(kind)


# HEIC and AVIF


def tool(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def heif(picture, **options):
    stream = io.BytesIO()
    pillow_heif.from_pillow(picture).save(stream, **options)
    return stream.getvalue()


def deep_heif(samples, mode, bits):
    """A HEIC of 10 or 12 bits of samples of 16."""
    pillow_heif.options.SAVE_HDR_TO_12_BIT = bits == 12
    stream = io.BytesIO()
    height, width = samples.shape[:2]
    pillow_heif.from_bytes(mode, (width, height), samples.tobytes()).save(stream, quality=90)
    return stream.getvalue()


def avif(picture, **options):
    stream = io.BytesIO()
    picture.save(stream, "AVIF", **{"quality": 80, **options})
    return stream.getvalue()


def undated(content):
    """The same without the times at which it was made."""
    content = bytearray(content)
    for kind in (b"mvhd", b"tkhd", b"mdhd"):
        times = content.index(kind) + 8
        length = 16 if content[times - 4] == 1 else 8
        content[times : times + length] = bytes(length)
    return bytes(content)


def encoded(picture, *options):
    """What heif-enc makes of a picture."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "picture.png"), Path(folder, "picture.heif")
        source.write_bytes(picture if isinstance(picture, bytes) else png(picture))
        tool("heif-enc", *options, "-o", str(target), str(source))
        return target.read_bytes()


def png(picture):
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def box(kind, *parts, version=None, flags=0):
    content = b"".join(parts)
    if version is not None:
        content = bytes([version]) + flags.to_bytes(3, "big") + content
    return struct.pack(">I4s", 8 + len(content), kind) + content


def content_of(kind, data):
    """What the first box of a kind holds."""
    start = data.index(kind) - 4
    return data[start + 8 : start + int.from_bytes(data[start : start + 4], "big")]


def grid(picture, side, sources=None, shown=None):
    """A HEIC in tiles, as cameras write it: item 1 is the grid, the others are the tiles.

    `sources` are the items that the grid is made of, where they are other than the tiles; `shown` is its size, likewise.
    """
    columns, rows = -(-picture.width // side), -(-picture.height // side)
    tiles = []
    for row in range(rows):
        for column in range(columns):
            corner = (column * side, row * side)
            tiles.append(heif(picture.crop((*corner, corner[0] + side, corner[1] + side)), quality=90))
    coded = [content_of(b"mdat", tile) for tile in tiles]
    width, height = shown or picture.size
    layout = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)
    kinds = [b"grid"] + len(tiles) * [b"hvc1"]
    sources = sources or range(2, len(tiles) + 2)
    properties = [box(b"ispe", struct.pack(">II", width, height), version=0),
                  box(b"ispe", struct.pack(">II", side, side), version=0)]
    properties += [box(b"hvcC", content_of(b"hvcC", tile)) for tile in tiles]
    links = [struct.pack(">HBB", 1, 1, 1)]
    links += [struct.pack(">HBBB", 2 + tile, 2, 0x83 + tile, 2) for tile in range(len(tiles))]

    def whole(start):
        places, position = [], start
        for item, data in enumerate([layout, *coded], 1):
            places.append(struct.pack(">HHHII", item, 0, 1, position, len(data)))
            position += len(data)
        meta = box(
            b"meta", box(b"hdlr", bytes(4), b"pict", bytes(13), version=0), box(b"pitm", struct.pack(">H", 1), version=0),
            box(b"iinf", struct.pack(">H", len(kinds)), *[
                box(b"infe", struct.pack(">HH4s", item, 0, kind), b"\0", version=2) for item, kind in enumerate(kinds, 1)
            ], version=0),
            box(b"iref", box(b"dimg", struct.pack(f">HH{len(sources)}H", 1, len(sources), *sources)), version=0),
            box(b"iprp", box(b"ipco", *properties),
                box(b"ipma", struct.pack(">I", len(links)), *links, version=0)),
            box(b"iloc", b"\x44\0", struct.pack(">H", len(places)), *places, version=0), version=0)
        return box(b"ftyp", b"heic\0\0\0\0mif1heic") + meta + box(b"mdat", layout, *coded)

    # The places depend on how long what stands before them is.
    return whole(whole(0).index(b"mdat") + 4)


def heif_kinds():
    pixels = scene(WIDTH, HEIGHT, 6)
    picture = Image.fromarray(pixels)
    gray = picture.convert("L")
    alpha = Image.fromarray(np.linspace(0, 255, WIDTH * HEIGHT).astype(np.uint8).reshape(HEIGHT, WIDTH))
    clear = Image.merge("RGBA", [*picture.split(), alpha])
    deep = (pixels.astype(np.uint16) * 257 + np.arange(WIDTH, dtype=np.uint16)[None, :, None] % 7) & 0xFFC0
    kinds = {
        "rgb420.heic": heif(picture, quality=90), "rgb444.heic": heif(picture, quality=90, chroma=444),
        "thumbnail.heic": encoded(picture, "-q", "90", "-t", "16"), "gray.heic": heif(gray, quality=90), "alpha.heic": heif(clear, quality=90),
        "premultiplied.heic": encoded(clear, "-q", "90", "--premultiplied-alpha"),
        "deep10.heic": deep_heif(deep, "RGB;16", 10), "deep12.heic": deep_heif(deep, "RGB;16", 12),
        "rgb420.avif": avif(picture, subsampling="4:2:0"), "rgb444.avif": avif(picture, subsampling="4:4:4"),
        "gray.avif": avif(gray, subsampling="4:0:0"), "alpha.avif": avif(clear, subsampling="4:4:4"),
        "alpha-premultiplied.avif": avif(clear, subsampling="4:4:4", alpha_premultiplied=True),
        "deep10.avif": encoded(png_file(deep, 2, 16, False), "-A", "-q", "90", "-b", "10", "-p", "chroma=422"),
        "grid.heic": grid(Image.fromarray(scene(101, 77, 6)), 64),
        "animated.avif": undated(avif(
            picture, subsampling="4:4:4", save_all=True, append_images=[ImageOps.invert(picture)])),
    }
    # Of even sides, as cameras have them: of others, versions of libheif place the colours of 4:2:0 differently.
    even = Image.fromarray(scene(WIDTH + 1, HEIGHT + 1, 6))
    for orientation in range(2, 9):
        kinds[f"turn{orientation}.avif"] = avif(picture, subsampling="4:4:4", exif=exif_block(orientation))
        kinds[f"turn{orientation}.heic"] = heif(even, quality=80, exif=exif_block(orientation))
    # An orientation in the EXIF note that the picture's properties do not have: what they say holds.
    turned = kinds["turn6.heic"]
    angle = turned.index(b"irot") + 4
    kinds["exif6.heic"] = turned[:angle] + b"\0" + turned[angle + 1 :]
    return kinds


def exif_block(orientation):
    notes = Image.Exif()
    notes[0x0112] = orientation
    return notes.tobytes()


def heif_reference(name, content):
    if name.endswith(".avif"):
        picture = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
        return np.asarray(picture)
    file = pillow_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=False)
    samples = np.asarray(file)
    if samples.dtype == np.uint16:
        bits = file.info["bit_depth"]
        samples = stretched(samples >> (16 - bits), bits)
    return samples


def heif_files():
    folder = GOLDEN / "heif"
    folder.mkdir(exist_ok=True)
    expected = Samples(folder)
    for name, content in heif_kinds().items():
        (folder / name).write_bytes(content)
        expected.add(name, heif_reference(name, content))
    picture = Image.fromarray(scene(101, 77, 6))
    for name, content in {
        # A grid that is one of its own tiles, and one that says that it is smaller than it is.
        "own-tile.heic": grid(picture, 64, sources=[2, 3, 1, 5]),
        "large-tiles.heic": grid(Image.new("RGB", (1024, 1024)), 512, shown=(40, 40)),
    }.items():
        (folder / name).write_bytes(content)
    expected.save()


# DICOM


def data_set(samples, photometric="MONOCHROME2", bits=None, syntax=ExplicitVRLittleEndian, **more):
    """A file of samples [rows, columns], or [rows, columns, 3], or several of them, under a made-up name."""
    head = FileMetaDataset()
    head.TransferSyntaxUID = syntax
    head.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    head.MediaStorageSOPInstanceUID = "1.2.826.0.1.3680043.8.498.1"
    file = FileDataset(
        None, {}, file_meta=head, preamble=bytes(128), is_implicit_VR=syntax.is_implicit_VR,
        is_little_endian=syntax.is_little_endian)
    file.SOPClassUID, file.SOPInstanceUID = head.MediaStorageSOPClassUID, head.MediaStorageSOPInstanceUID
    file.PatientName, file.PatientID, file.PatientBirthDate = PATIENT, PATIENT + "-1", "19420101"
    file.StudyDescription = file.InstitutionName = PATIENT
    other = Dataset()
    other.PatientID = PATIENT
    file.OtherPatientIDsSequence = [other]
    file.Modality = "OT"
    channels = 3 if photometric in ("RGB", "YBR_FULL", "YBR_FULL_422") else 1
    shape = samples.shape if channels == 1 else samples.shape[:-1]
    planar = more.pop("planar", 0)
    if len(shape) == 3:
        file.NumberOfFrames = shape[0]
    file.Rows, file.Columns = shape[-2:]
    file.SamplesPerPixel, file.PhotometricInterpretation = channels, photometric
    if channels == 3:
        file.PlanarConfiguration = planar
    file.BitsAllocated = samples.dtype.itemsize * 8
    file.BitsStored = bits or file.BitsAllocated
    file.HighBit = more.pop("high", file.BitsStored - 1)
    file.PixelRepresentation = int(samples.dtype.kind == "i")
    stored = samples << (file.HighBit + 1 - file.BitsStored)
    if planar:
        stored = np.moveaxis(stored, -1, -3)
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    data = np.ascontiguousarray(stored).astype(stored.dtype.newbyteorder(order)).tobytes()
    file.PixelData = data + bytes(len(data) % 2)
    file["PixelData"].VR = "OB" if file.BitsAllocated == 8 and not syntax.is_implicit_VR else "OW"
    for name, value in more.items():
        setattr(file, name, value)
    return file


def written(file):
    stream = io.BytesIO()
    file.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def read(content):
    return pydicom.dcmread(io.BytesIO(content))


def encapsulated(file, frames, syntax, photometric=None):
    """The same data set with frames that something else compressed."""
    file.file_meta.TransferSyntaxUID = syntax
    file.PixelData = encapsulate(frames)
    file["PixelData"].VR = "OB"
    file["PixelData"].is_undefined_length = True
    if photometric:
        file.PhotometricInterpretation = photometric
    return file


def recoded(file, *options):
    """The file as dcmcjpeg compresses it."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source.dcm"), Path(folder, "target.dcm")
        source.write_bytes(written(file))
        tool("dcmcjpeg", "--uid-never", *options, str(source), str(target))
        return target.read_bytes()


def compressed(file, syntax, **options):
    file.compress(syntax, generate_instance_uid=False, **options)
    return file


def jpeg(samples, **options):
    stream = io.BytesIO()
    Image.fromarray(samples).save(stream, "JPEG", quality=90, **options)
    return stream.getvalue()


def table(first, entries, bits):
    """A data set with a table of measured values."""
    lookup = Dataset()
    lookup.add_new(0x00283002, "US", [len(entries), first, bits])
    lookup.ModalityLUTType = "US"
    lookup.add_new(0x00283006, "OW", np.asarray(entries, "<u2").tobytes())
    return [lookup]


def palette(file, first, colours, bits):
    for index, name in enumerate(("Red", "Green", "Blue")):
        entries = np.asarray(colours[index])
        setattr(file, f"{name}PaletteColorLookupTableDescriptor", [len(entries), first, bits])
        data = entries.astype(np.uint8 if bits == 8 else "<u2").tobytes()
        setattr(file, f"{name}PaletteColorLookupTableData", data + bytes(len(data) % 2))
    return file


def groups(rescale=None, window=None):
    """A functional group of an enhanced file."""
    group = Dataset()
    if rescale:
        values = Dataset()
        values.RescaleSlope, values.RescaleIntercept, values.RescaleType = *rescale, "US"
        group.PixelValueTransformationSequence = [values]
    if window:
        values = Dataset()
        values.WindowCenter, values.WindowWidth = window
        group.FrameVOILUTSequence = [values]
    return group


def dicom_kinds():
    colours = scene(WIDTH, HEIGHT, 6)
    gray = np.asarray(Image.fromarray(colours).convert("L"))
    fine = gray.astype(np.uint16) * 16 + np.arange(WIDTH, dtype=np.uint16) % 16
    deep = gray.astype(np.uint16) * 257
    signed = (fine.astype(np.int32) - 1024).astype(np.int16)
    frames = np.stack([gray, 255 - gray, gray // 2])
    padded = signed.copy()
    padded[:2] = -2000
    ct = {"RescaleSlope": 1, "RescaleIntercept": -1024, "WindowCenter": [40, 400], "WindowWidth": [400, 2000]}
    ramp = np.arange(256)
    entries = [ramp[::-1], ramp, (ramp * 7) % 256]
    kinds = {
        "gray8": data_set(gray), "gray8-implicit": data_set(gray, syntax=ImplicitVRLittleEndian),
        "gray5": data_set(gray >> 3, bits=5), "gray12": data_set(fine, bits=12),
        "gray12-high": data_set(fine, bits=12, high=15), "gray16": data_set(deep),
        "gray16-big-endian": data_set(deep, syntax=ExplicitVRBigEndian),
        "inverted8": data_set(gray, "MONOCHROME1"), "inverted12": data_set(fine, "MONOCHROME1", bits=12),
        "inverted-signed": data_set(signed, "MONOCHROME1", bits=13, WindowCenter=500, WindowWidth=900),
        "ct": data_set(padded, PixelPaddingValue=-2000, **ct),
        "ct-12": data_set(fine, bits=12, **ct, VOILUTFunction="LINEAR_EXACT"),
        "falling": data_set(gray, RescaleSlope=-0.5, RescaleIntercept=3),
        "pet": data_set(deep, RescaleSlope=0.37, RescaleIntercept=0, WindowCenter=5000.5, WindowWidth=9000.25),
        "window8": data_set(gray, WindowCenter=100, WindowWidth=60),
        "gray32": data_set(deep.astype(np.uint32) * 65536 + 5),
        "values": data_set(gray, ModalityLUTSequence=table(20, (np.arange(200) * 300).tolist(), 16)),
        "frames": data_set(frames), "frames-rle": compressed(data_set(frames), RLELossless),
        "enhanced": data_set(
            frames, SharedFunctionalGroupsSequence=[groups(window=(100, 80))],
            PerFrameFunctionalGroupsSequence=[groups(rescale=(frame + 1, -frame)) for frame in range(3)]),
        "palette8": palette(data_set(gray, "PALETTE COLOR"), 0, entries, 8),
        "palette16": palette(
            data_set(gray, "PALETTE COLOR"), 10, [np.asarray(part[:200]) * 257 for part in entries], 16),
        "rgb": data_set(colours, "RGB"), "rgb-planar": data_set(colours, "RGB", planar=1),
        "rgb16": data_set(colours.astype(np.uint16) * 257, "RGB"), "ybr": data_set(colours, "YBR_FULL"),
        "gray8-rle": compressed(data_set(gray), RLELossless), "ct-rle": compressed(data_set(padded, **ct), RLELossless),
        "rgb-rle": compressed(data_set(colours, "RGB"), RLELossless),
        "gray8-jpeg": encapsulated(data_set(gray), [jpeg(gray)], JPEGBaseline8Bit),
        "frames-jpeg": encapsulated(data_set(frames), [jpeg(frame) for frame in frames], JPEGBaseline8Bit),
        "rgb-jpeg": encapsulated(
            data_set(colours, "RGB"), [jpeg(colours, subsampling="4:2:2")], JPEGBaseline8Bit, "YBR_FULL_422"),
        "gray12-jpegls": compressed(data_set(fine, bits=12), JPEGLSLossless),
        "ct-jpegls": compressed(data_set(padded, **ct), JPEGLSLossless),
        "rgb-jpegls": compressed(data_set(colours, "RGB"), JPEGLSLossless),
        "near-jpegls": compressed(data_set(gray), JPEGLSNearLossless, jls_error=3),
    }
    kinds = {name: written(file) for name, file in kinds.items()}
    kinds["gray16-lossless"] = recoded(data_set(deep), "--encode-lossless-sv1")
    kinds["ct-lossless"] = recoded(data_set(padded, **ct), "--encode-lossless")
    kinds["rgb-lossless"] = recoded(data_set(colours, "RGB"), "--encode-lossless-sv1")
    kinds["gray12-jpeg"] = recoded(data_set(fine, bits=12), "--encode-extended", "--bits-force-12")
    # A frame in two fragments each, found by a table of offsets and without one.
    halves = [fragment for frame in frames for fragment in split(jpeg(frame))]
    file = encapsulated(data_set(frames), halves, JPEGBaseline8Bit)
    file.PixelData = encapsulate(halves, has_bot=False)
    kinds["frames-halves"] = written(file)
    file.PixelData = encapsulate([jpeg(frame) for frame in frames], fragments_per_frame=2)
    kinds["frames-table"] = written(file)
    return kinds


def split(data):
    half = len(data) // 4 * 2
    return [data[:half], data[half:]]


def unread_kinds():
    gray = np.asarray(Image.fromarray(scene(WIDTH, HEIGHT, 6)).convert("L"))
    single = data_set(gray.astype(np.uint32), FloatPixelData=gray.astype("<f4").tobytes())
    del single.PixelData
    bit = data_set(gray, BitsAllocated=1, BitsStored=1, HighBit=0)
    halved = data_set(np.stack([gray, gray, gray], -1), "YBR_FULL")
    halved.PhotometricInterpretation = "YBR_FULL_422"
    sigmoid = data_set(gray, WindowCenter=100, WindowWidth=60, VOILUTFunction="SIGMOID")
    return {name: written(file) for name, file in {
        "jpeg2000": encapsulated(data_set(gray), [b"\xff\x4f\xff\x51" + bytes(60)], JPEG2000Lossless),
        "deflated": data_set(gray, syntax=DeflatedExplicitVRLittleEndian), "floats": single, "bit": bit, "sigmoid": sigmoid,
        "halved": halved,
    }.items()}


def add_dicom(expected, name, content):
    file = read(content)
    # Colours come as RGB.
    plugin = "pillow" if file.file_meta.TransferSyntaxUID == JPEGBaseline8Bit else ""
    frames = pixel_array(io.BytesIO(content), decoding_plugin=plugin)
    if file.get("NumberOfFrames", 1) == 1:
        frames = frames[None]
    for page, frame in enumerate(frames):
        meaning = file.PhotometricInterpretation
        entry = {"file": name, "page": page}
        if meaning == "PALETTE COLOR":
            expected.add(samples=apply_color_lut(frame, file), **entry)
        elif file.SamplesPerPixel == 3:
            expected.add(samples=stretched(frame, file.BitsStored), **entry)
        else:
            add_monochrome(expected, entry, file, frame)


def add_monochrome(expected, entry, file, frame):
    stored, bits = frame, file.BitsStored
    if file.HighBit >= bits:
        # pydicom takes the lowest bits whatever the highest is.
        stored = np.frombuffer(file.PixelData, "<u2").reshape(frame.shape) >> (file.HighBit + 1 - bits)
    if file.get("PerFrameFunctionalGroupsSequence"):
        own = file.PerFrameFunctionalGroupsSequence[entry["page"]].PixelValueTransformationSequence[0]
        window = file.SharedFunctionalGroupsSequence[0].FrameVOILUTSequence[0]
        file = data_set(frame)
        file.RescaleSlope, file.RescaleIntercept = own.RescaleSlope, own.RescaleIntercept
        file.WindowCenter, file.WindowWidth = window.WindowCenter, window.WindowWidth
    inverts = file.PhotometricInterpretation == "MONOCHROME1"
    scales = "RescaleSlope" in file or "ModalityLUTSequence" in file or file.PixelRepresentation or bits > 16
    values = apply_modality_lut(stored, file).astype(np.float64)
    least = -(1 << (bits - 1)) if file.PixelRepresentation else 0
    ends = np.array([least, least + (1 << bits) - 1], np.float64)
    if "ModalityLUTSequence" in file:
        ends = np.array([0, (1 << file.ModalityLUTSequence[0].LUTDescriptor[2]) - 1], np.float64)
    elif "RescaleSlope" in file:
        ends = np.sort(ends * float(file.RescaleSlope) + float(file.RescaleIntercept))
    missing = stored == file.PixelPaddingValue if "PixelPaddingValue" in file else np.zeros(stored.shape, bool)
    if scales:
        numbers = ends.sum() - values if inverts else values.copy()
        numbers[missing] = np.nan
        expected.add(samples=numbers.astype(np.float32), low=ends[0], high=ends[1], **entry)
    else:
        whole = stretched(stored, bits)
        expected.add(samples=~whole if inverts else whole, **entry)
    if "WindowCenter" in file:
        # As pydicom shows it: from the least to the greatest that it can give.
        shown = apply_windowing(values, file)
        low, high = windowed_ends(file)
        shown = (shown - low) / (high - low)
        if inverts:
            shown = 1 - shown
        shown[missing] = 0
        expected.add(samples=shown.astype(np.float32), window=True, **entry)


def windowed_ends(file):
    """What pydicom shows as the darkest and as the brightest: two numbers outside of every window."""
    return apply_windowing(np.array([-1e9, 1e9]), file)


def dicom_files():
    folder = GOLDEN / "dicom"
    folder.mkdir(exist_ok=True)
    expected = Samples(folder)
    for name, content in dicom_kinds().items():
        (folder / f"{name}.dcm").write_bytes(content)
        add_dicom(expected, f"{name}.dcm", content)
    for name, content in unread_kinds().items():
        (folder / f"{name}.dcm").write_bytes(content)
    expected.save()


if __name__ == "__main__":
    heif_files()
    dicom_files()
    for folder in ("heif", "dicom"):
        print(folder, sum(file.stat().st_size for file in (GOLDEN / folder).iterdir()), "bytes")
