from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction

from appliance.algorithms.edit_listing import list_edits
from appliance.algorithms.fcpxml_writing import write_fcpxml
from tests.edit_examples import a_long_recording, some_chapters

EXPECTED = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.9">
  <resources>
    <format id="r1" frameDuration="1001/30000s" width="1920" height="1080"/>
    <asset id="r2" name="GX010001.MP4" start="0s" duration="1799798/30000s" hasVideo="1" hasAudio="1" audioSources="1" format="r1">
      <media-rep kind="original-media" src="GX010001.MP4"/>
    </asset>
    <asset id="r3" name="GX020001.MP4" start="0s" duration="1799798/30000s" hasVideo="1" hasAudio="1" audioSources="1" format="r1">
      <media-rep kind="original-media" src="GX020001.MP4"/>
    </asset>
  </resources>
  <library>
    <event name="Tom &amp; Anna">
      <project name="Tom &amp; Anna">
        <sequence format="r1" duration="180180/30000s" tcStart="0s" tcFormat="NDF">
          <spine>
            <asset-clip ref="r2" name="0:10 · 1.3 body heights/s" offset="0s" start="300300/30000s" duration="150150/30000s" format="r1" tcFormat="NDF"/>
            <asset-clip ref="r3" name="1:40 · 1.3 body heights/s" offset="150150/30000s" start="1200199/30000s" duration="30030/30000s" format="r1" tcFormat="NDF"/>
          </spine>
        </sequence>
      </project>
    </event>
  </library>
</fcpxml>
"""  # noqa: E501 - as it is written


def test_the_project_reads_as_fcpxml_has_it() -> None:
    edits = list_edits("Tom & Anna", a_long_recording(), some_chapters((10, 15), (100, 101)))
    assert write_fcpxml(edits) == EXPECTED


def test_times_are_whole_frames_whatever_the_moments_were() -> None:
    edits = list_edits("a", a_long_recording(), some_chapters((1.23456, 7.891), (61.7, 62.3)))
    root = ET.fromstring(write_fcpxml(edits))
    for clip in root.iter("asset-clip"):
        for name in ("offset", "start", "duration"):
            assert (Fraction(clip.attrib[name].removesuffix("s")) * Fraction(30000, 1001)).denominator == 1


def test_names_cannot_break_the_project() -> None:
    edits = list_edits('<"&\x00\x1b>', a_long_recording(), some_chapters())
    root = ET.fromstring(write_fcpxml(edits))
    event = root.find("library/event")
    assert event is not None
    assert event.attrib["name"] == '<"&  >'


def test_a_files_address_is_its_name_in_plain_letters() -> None:
    edits = list_edits("a", a_long_recording(), some_chapters())
    named = replace(edits, files=(replace(edits.files[0], name='Été "1".MP4'), edits.files[1]))
    assert 'src="%C3%89t%C3%A9%20%221%22.MP4"' in write_fcpxml(named)
