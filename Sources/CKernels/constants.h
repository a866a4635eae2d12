/* Numbers shared by the reference and the vector kernels. */
#ifndef AUDIOLM_CONSTANTS_H
#define AUDIOLM_CONSTANTS_H

/* exp(x) = 2^n * exp(r), n = round(x / ln 2), |r| <= ln 2 / 2, by the Taylor series of degree 7 (error 5e-9). */
#define EXP_MIN -87.0f
#define EXP_MAX 88.0f
#define LOG2_E 1.44269504088896341f
#define LN2_HIGH 0.693145751953125f
#define LN2_LOW 1.42860682030941723e-6f
#define EXP_C7 1.98412698412698e-4f
#define EXP_C6 1.38888888888889e-3f
#define EXP_C5 8.33333333333333e-3f
#define EXP_C4 4.16666666666667e-2f
#define EXP_C3 1.66666666666667e-1f

/* log2(x) = e + log(m) / ln 2, m in [sqrt(1/2), sqrt(2)), log(m) = 2 s + 2 s^3 / 3 + ... + 2 s^9 / 9,
 * s = (m - 1) / (m + 1) (error 1e-9). The bits of the least m. */
#define LOG_LEAST 0x3f3504f3
#define LOG_C9 0.222222222222222f
#define LOG_C7 0.285714285714286f
#define LOG_C5 0.4f
#define LOG_C3 0.666666666666667f
/* sin and cos of 2 pi r, |r| <= 1/4, by their Taylor series in r^2 of degree 13 and 14 (error 1e-9). */
#define SIN_C1 6.28318530717958648f
#define SIN_C3 -41.3417022403997602f
#define SIN_C5 81.6052492760750369f
#define SIN_C7 -76.7058597530613746f
#define SIN_C9 42.0586939448999700f
#define SIN_C11 -15.0946425768229830f
#define SIN_C13 3.81995258484828e0f
#define COS_C2 -19.7392088021787172f
#define COS_C4 64.9393940226682914f
#define COS_C6 -85.4568172066937258f
#define COS_C8 60.2446413718766180f
#define COS_C10 -26.4262567833744008f
#define COS_C12 7.90353641872116e0f
#define COS_C14 -1.71439071108867e0f

/* GELU's tanh approximation, x * sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)). */
#define GELU_TANH_LINEAR 1.5957691216057308f
#define GELU_TANH_CUBIC 0.0713548162726f

/* Fixed point: the greatest number of 16 bits, of seven and of a byte, that of attention's weights, which are not negative,
 * and the magnitude below which a row counts as silent. */
#define FIXED_TOP 32767.0f
#define SEVEN_BITS_TOP 63.0f
#define BYTE_TOP 127.0f
#define WEIGHT_TOP 127.0f
#define FIXED_SILENCE 1e-30f

#endif
