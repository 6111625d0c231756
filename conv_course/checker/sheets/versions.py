"""The newest version of each exercise; written by tools/generate_exercises.py."""

VERSIONS = {
    "02_slide_a_kernel": "a7585a",
    "03_draw_the_graph": "1e4af2",
    "04_derive_the_gradients": "ee556f",
    "05_check_gradients": "1ff92f",
    "06_stride_and_padding": "48112e",
    "07_images": "f16b58",
    "08_layer_forward": "cbab72",
    "09_layer_backward": "9f9faf",
    "10_vectorize": "af7fb5",
    "11_go_fast": "e2c5ef",
    "12_matlab": "fc858e",
    "13_dilation_and_groups": "9bd4f3",
    "14_transposed": "66c2af",
    "15_pooling": "75cc0b",
    "16_train_a_cnn": "b67b6b",
    "17_break_the_checker": "65ae38",
}
