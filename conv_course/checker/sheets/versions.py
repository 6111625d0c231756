"""The newest version of each exercise; written by tools/generate_exercises.py."""

VERSIONS = {
    "02_slide_a_kernel": "4a36c3",
    "03_draw_the_graph": "06d8f7",
    "04_derive_the_gradients": "b0014e",
    "05_check_gradients": "196b8b",
    "06_stride_and_padding": "24c5ec",
    "07_images": "28b7aa",
    "08_layer_forward": "aa183f",
    "09_layer_backward": "56d4fb",
    "10_vectorize": "32da0e",
    "11_go_fast": "5946a7",
    "12_matlab": "dc1800",
    "13_dilation_and_groups": "ce1258",
    "14_transposed": "8e406f",
    "15_pooling": "e2c6d4",
    "16_train_a_cnn": "87dca4",
    "17_break_the_checker": "ee0a00",
}
