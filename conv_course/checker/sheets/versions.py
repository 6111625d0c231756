"""The newest version of each exercise; written by tools/generate_exercises.py."""

VERSIONS = {
    "02_slide_a_kernel": "db4b3c",
    "03_draw_the_graph": "ee5751",
    "04_derive_the_gradients": "cfa1e9",
    "05_check_gradients": "84180f",
    "06_stride_and_padding": "d5080e",
    "07_images": "d53199",
    "08_layer_forward": "cf5f7f",
    "09_layer_backward": "93bf27",
    "10_vectorize": "b41bd4",
    "11_go_fast": "2542e1",
    "12_matlab": "dc1800",
    "13_dilation_and_groups": "ce1258",
    "14_transposed": "8e406f",
    "15_pooling": "e2c6d4",
    "16_train_a_cnn": "87dca4",
    "17_break_the_checker": "81ca46",
}
