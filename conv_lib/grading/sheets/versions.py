"""The newest version of each exercise; written by tools/generate_exercises.py."""

VERSIONS = {
    "02_slide_a_kernel": "9900f2",
    "03_draw_the_graph": "122dee",
    "04_derive_the_gradients": "2cd92d",
    "05_check_gradients": "d5f07a",
    "06_stride_and_padding": "fbb537",
    "07_images": "a4a58f",
    "08_layer_forward": "e5f7a9",
    "09_layer_backward": "ca3780",
    "10_vectorize": "3c94f8",
    "11_go_fast": "61c016",
    "12_matlab": "6e3d3c",
    "13_dilation_and_groups": "7a5d2b",
    "14_transposed": "dbbf24",
    "15_pooling": "48c764",
    "16_train_a_cnn": "7006da",
    "17_break_the_checker": "04af75",
}
