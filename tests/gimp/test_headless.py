"""The filter called by scripts, in a GIMP without windows."""

import numpy as np


def test_filter_is_registered_in_the_color_menu(gimp):
    found = gimp.execute(
        "p = PDB().lookup_procedure('plug-in-remove-colored-lighting')\n"
        "result = p.get_menu_label(), p.get_menu_paths()"
    )
    assert found == ("_Remove Colored Lighting…", ["<Image>/Filters/Color"])


def test_filter_changes_a_tinted_photo(gimp, magenta_portrait):
    image = gimp.new_image(512, 512)
    layer = gimp.new_layer(image, magenta_portrait)
    assert gimp.run(image, [layer]) == ("success", "")
    corrected = gimp.pixels(layer).reshape(-1, 3).mean(0)
    tinted = magenta_portrait.reshape(-1, 3).mean(0)
    assert np.ptp(corrected) < np.ptp(tinted)
