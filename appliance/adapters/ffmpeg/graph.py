"""Filter graphs as text: one part of the reel from one file, upright, in the reel's size, rate, colours and sound layout."""

from __future__ import annotations

from fractions import Fraction

from appliance.adapters.ffmpeg.cutting import SOUND_RATE_HZ, Part, ReelLook
from appliance.domain.media import MediaFile, Orientation, Transfer, VideoTrack
from appliance.domain.timespan import Seconds

#: Fade at both ends of a cut: long enough against a click, too short to be heard as a fade.
FADE_S = 0.01
#: Pictures missing at a part's end are replaced by its last one up to this length; what lacks beyond is reported.
_HELD_S = 0.25
#: Decoders of sound need a packet or two before what they give is right; transport streams may start a whole GOP late.
_RUN_UP = Fraction(1, 10)
_RUN_UP_OF_STREAMS = Fraction(5)
_STREAM_FORMATS = frozenset({"mpegts", "mpeg", "mpegtsraw"})
TRANSFER_NAMES = {Transfer.PQ: "smpte2084", Transfer.HLG: "arib-std-b67"}
_TAGGED = ",setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
_UPRIGHT = {0: "", 90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}


def seek_from(file: MediaFile, start: Seconds) -> Seconds | None:
    """Where reading has to begin so that everything is there at `start` (file's own clock); None for the file's beginning."""
    streams = bool(_STREAM_FORMATS & set(file.container.split(",")))
    begin = start - (_RUN_UP_OF_STREAMS if streams else _RUN_UP)
    return begin if begin > file.first_picture else None


def part_graph(part: Part, look: ReelLook, upload: str, chain: str = "") -> str:
    """Graph with the outputs [v] and [a] for one part; its input is number 0 and keeps its own time stamps.

    chain: what brings its pictures to the reel's look, where the processor does not.
    """
    # The end is told to the decoder from here: the output's own limit is noticed some twenty decoded frames later.
    pictures = chain or picture_chain(part.file.video, part.start, look)
    return f"{pictures},trim=end_frame={part.frames},{upload}[v];{sound_chain(part)}[a]"


def picture_chain(video: VideoTrack, start: Seconds, look: ReelLook) -> str:
    """Filters that bring a track's pictures from `start` on to the reel's look.

    Time first (frames that are not shown are never scaled), then size, colours, turning, borders.
    """
    return ",".join([*time_steps(video, start, look), look_chain(video, look)])


def time_steps(video: VideoTrack, start: Seconds, look: ReelLook, fields: str = "bwdif") -> list[str]:
    """Filters that show a track's pictures from `start` on at the reel's rate. fields: what takes interlaced ones apart."""
    return [
        f"[0:{video.index}]" + (f"{fields}=mode=send_frame:deint=interlaced" if video.interlaced else "null"),
        f"settb=AVTB,setpts=PTS-{round(start * 1_000_000)}",
        f"fps={look.rate_hz.numerator}/{look.rate_hz.denominator}:start_time=0",
        f"tpad=stop_mode=clone:stop_duration={_HELD_S}",
    ]


def look_chain(video: VideoTrack, look: ReelLook) -> str:
    """Filters that bring a track's pictures into a reel's frame: size, colours, turning, borders."""
    width, height = fitted_size(video, look)
    steps = [
        "sidedata=mode=delete:type=DISPLAYMATRIX",
        _sized(video, (width, height), look),
        _toned(video),
        turning(video.orientation),
        framing((width, height), look),
        "setsar=1" + (_TAGGED if look.one_palette or video.transfer is not Transfer.SDR else ""),
    ]
    return ",".join(step for step in steps if step)


def fitted_size(video: VideoTrack, look: ReelLook) -> tuple[int, int]:
    """Width and height of the upright picture inside the reel's frame, even, as large as fits."""
    width, height = video.display_size_px
    scale = min(Fraction(look.width_px, width), Fraction(look.height_px, height))
    return _even(width * scale, look.width_px), _even(height * scale, look.height_px)


def sound_chain(part: Part) -> str:
    """Filters that give exactly the part's samples: what its file has, silence where it has nothing."""
    audio = part.file.audio
    layout = "sample_fmts=s16:channel_layouts=stereo"
    if audio is None:
        return f"anullsrc=r={SOUND_RATE_HZ}:cl=stereo,aformat={layout},atrim=end_sample={part.samples}"
    length_s = part.samples / SOUND_RATE_HZ
    steps = [
        f"[0:{audio.index}]asetpts=PTS-{float(part.start):.6f}/TB",
        "atrim=start=0",
        f"aresample={SOUND_RATE_HZ}:async=1:first_pts=0",
        f"aformat={layout}",
        f"afade=t=in:d={FADE_S}" if part.opens_cut else "",
        f"afade=t=out:st={max(0.0, length_s - FADE_S):.6f}:d={FADE_S}" if part.closes_cut else "",
        f"apad=whole_len={part.samples}",
        f"atrim=end_sample={part.samples}",
    ]
    return ",".join(step for step in steps if step)


def _sized(video: VideoTrack, size: tuple[int, int], look: ReelLook) -> str:
    width, height = (size[1], size[0]) if video.orientation.swaps_sides else size
    if video.transfer is not Transfer.SDR:  # colours are converted afterwards, in linear light
        return f"scale={width}:{height}"
    # Another matrix costs a fifth of the whole encode (measured), so it is changed only where recordings meet.
    matrix = ":out_color_matrix=bt709" if look.one_palette else ""
    return f"scale={width}:{height}:out_range=tv{matrix},format=yuv420p"


def _toned(video: VideoTrack) -> str:
    """HDR to SDR by the Hable curve at 100 cd/m². Source: FFmpeg filters manual, `tonemap`."""
    if video.transfer is Transfer.SDR:
        return ""
    given = f"setparams=color_trc={TRANSFER_NAMES[video.transfer]}:color_primaries=bt2020:colorspace=bt2020nc"
    linear = f"{given},zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709"
    return f"{linear},tonemap=hable:desat=0,zscale=t=bt709:m=bt709:p=bt709:r=tv,format=yuv420p"


def turning(orientation: Orientation) -> str:
    """Filters that turn a stored picture upright; nothing where it is."""
    mirror = "hflip" if orientation.mirrored else ""
    return ",".join(step for step in (_UPRIGHT[orientation.turn_deg], mirror) if step)


def framing(size: tuple[int, int], look: ReelLook) -> str:
    """The filter that puts borders around a picture; nothing where it fills the frame."""
    if size == (look.width_px, look.height_px):
        return ""
    return f"pad={look.width_px}:{look.height_px}:(ow-iw)/2:(oh-ih)/2"


def _even(length_px: Fraction, most_px: int) -> int:
    return min(most_px, max(2, round(length_px / 2) * 2))
