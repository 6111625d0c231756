"""The newest version of each exercise; written by tools/generate_exercises.py."""

VERSIONS = {
    "02_slide_a_kernel": "2b5295",
    "03_draw_the_graph": "122dee",
    "04_derive_the_gradients": "2cd92d",
    "05_check_gradients": "99e05e",
    "06_stride_and_padding": "fbb537",
    "07_images": "098c0a",
    "08_layer_forward": "95e0cc",
    "09_layer_backward": "ca3780",
    "10_vectorize": "3c94f8",
    "11_go_fast": "1442ec",
    "12_matlab": "6e3d3c",
    "13_dilation_and_groups": "7c6f2b",
    "14_transposed": "dbbf24",
    "15_pooling": "48c764",
    "16_train_a_cnn": "7006da",
    "17_break_the_checker": "04af75",
}
