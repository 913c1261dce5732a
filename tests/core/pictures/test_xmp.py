"""What XMP says of a picture is true of the result."""

from colorfix_core.pictures import xmp

PHONE = b"""<x:xmpmeta><rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"
 hdrgm:Version="1.0" dc:title="dusk"><hdrgm:GainMapMin>0</hdrgm:GainMapMin>
 <Container:Directory><rdf:Seq><rdf:li><Container:Item Item:Semantic="Primary"/></rdf:li>
 <rdf:li><Container:Item Item:Semantic="GainMap" Item:Length="99"/></rdf:li></rdf:Seq>
 </Container:Directory></rdf:Description></x:xmpmeta>"""
MOTION = (
    b"""<a><Container:Directory><rdf:li Item:Semantic="MotionPhoto"/></Container:Directory></a>"""
)


def test_orientation_and_edges_turn_with_the_picture():
    packet = b"""<a tiff:Orientation="6" tiff:ImageWidth='96' tiff:ImageLength="64"
 exif:PixelXDimension="96"><exif:PixelYDimension>64</exif:PixelYDimension></a>"""
    turned = b"""<a tiff:Orientation="1" tiff:ImageWidth='64' tiff:ImageLength="96"
 exif:PixelXDimension="64"><exif:PixelYDimension>96</exif:PixelYDimension></a>"""
    assert xmp.upright(packet, (64, 96)) == turned


def test_half_a_turn_leaves_edges_as_they_are():
    packet = b"<a><tiff:Orientation>3</tiff:Orientation><b tiff:ImageWidth='96'/></a>"
    assert xmp.upright(packet, None) == packet.replace(b"3", b"1")


def test_nothing_is_left_of_a_gain_map_and_all_else_stays():
    left = xmp.without_gain_map(PHONE)
    assert b"hdrgm" not in left and b"GainMap" not in left and b'dc:title="dusk"' in left
    assert left.startswith(b"<x:xmpmeta>") and left.endswith(b"</rdf:Description></x:xmpmeta>")


def test_other_lists_of_pictures_stay():
    assert xmp.without_gain_map(MOTION) == MOTION
