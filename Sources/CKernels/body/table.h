/* The table of the kernels above, as TABLE under the name TABLE_NAME. */

const audiolm_kernels TABLE = {
    .name = TABLE_NAME,
    .gemm_f32 = gemm_f32,
    .gemm_bf16 = gemm_bf16,
    .gemm_i8 = gemm_i8,
    .attention = attention,
    .depthwise = depthwise,
    .softmax = softmax,
    .layer_norm = layer_norm,
    .rms_norm = rms_norm,
    .rope = rope,
    .gelu = gelu,
    .gelu_tanh = gelu_tanh,
    .silu = silu,
    .sigmoid = sigmoid,
    .multiply_silu = multiply_silu,
    .argmax = argmax,
};
