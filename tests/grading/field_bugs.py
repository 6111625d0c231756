"""Bugs from public trackers, rewritten as edits of the right answer of each question that they fit.

The page `casebook` replays them. `test_field_bugs` checks that each one loses points and is explained. The
edits are in the notation of a sheet's slips (`conv_course.checker.slips`), without names and hints. The file
is long because it is a table.
"""

BUGS = {
    "leftover gets no gradient": {
        "03 q4": """
            dx = np.zeros(W) => dx = np.zeros((len(dout) - 1) * stride + len(w) - 2 * padding)
            0 <= m < W => 0 <= m < len(dx)""",
        "06 q2": "(W + left + right - kW) % stride => 0",
        "06 q3": """
            np.zeros(W + left + right) => np.zeros((len(dout) - 1) * stride + len(w))
            left : left + W => left : len(dxpad) - right""",
        "06 q5": """
            np.zeros(len(xpad)) => np.zeros((len(dout) - 1) * stride + dilation * (len(w) - 1) + 1)
            left : left + len(x) => left : len(dxpad) - right""",
        "09 q4": """
            (N, D, H + 2 * pH, W + 2 * pW) => (N, D, (H_out - 1) * sH + kH, (W_out - 1) * sW + kW)
            pH : pH + H, pW : pW + W => pH : dxpad.shape[2] - pH, pW : dxpad.shape[3] - pW""",
        "09 q5": """
            D, H + top + bottom, W + left + right => D, (H_out - 1) * sH + kH, (W_out - 1) * sW + kW
            top : top + H => top : dxpad.shape[2] - bottom
            left : left + W => left : dxpad.shape[3] - right""",
        "10 q4": """
            (N, D, H + 2 * pH, W + 2 * pW) => (N, D, (H_out - 1) * sH + kH, (W_out - 1) * sW + kW)
            pH : pH + H, pW : pW + W => pH : xpad.shape[2] - pH, pW : xpad.shape[3] - pW""",
        "10 q5": """
            - dx = col2im(w.reshape(F, -1).T @ packed, x.shape, (kH, kW), **how)  # n d p q
            + H = (dout.shape[2] - 1) * stride[0] + kH - 2 * padding[0]
            + W = (dout.shape[3] - 1) * stride[1] + kW - 2 * padding[1]
            + dx = col2im(w.reshape(F, -1).T @ packed, (len(x), D, H, W), (kH, kW), **how)""",
        "13 q3": """
            np.zeros(len(xpad)) => np.zeros((len(dout) - 1) * stride + dilation * (len(w) - 1) + 1)
            padding : padding + len(x) => padding : len(dxpad) - padding""",
        "15 q2": """
            - dxpad = np.zeros(xpad.shape)
            + dxpad = np.zeros((*x.shape[:2], (dout.shape[2] - 1) * sH + kH, (dout.shape[3] - 1) * sW + kW))
            pH : pH + H, pW : pW + W => pH : dxpad.shape[2] - pH, pW : dxpad.shape[3] - pW""",
        "15 q4": """
            H + 2 * pH, W + 2 * pW => (dout.shape[2] - 1) * sH + kH, (dout.shape[3] - 1) * sW + kW
            pH : pH + H, pW : pW + W => pH : dxpad.shape[2] - pH, pW : dxpad.shape[3] - pW""",
    },
    "leftover does not fit": {  # the same, added to an array of the size of x
        "06 q3": """
            np.zeros(W + left + right) => np.zeros((len(dout) - 1) * stride + len(w))
            - return dxpad[left : left + W]
            + return np.zeros(W) + dxpad[left : len(dxpad) - right]""",
        "06 q5": """
            np.zeros(len(xpad)) => np.zeros((len(dout) - 1) * stride + dilation * (len(w) - 1) + 1)
            dxpad[left : left + len(x)] => np.zeros(len(x)) + dxpad[left : len(dxpad) - right]""",
        "09 q4": """
            (N, D, H + 2 * pH, W + 2 * pW) => (N, D, (H_out - 1) * sH + kH, (W_out - 1) * sW + kW)
            - return dxpad[:, :, pH : pH + H, pW : pW + W]
            + return np.zeros(x_shape) + dxpad[:, :, pH : dxpad.shape[2] - pH, pW : dxpad.shape[3] - pW]""",
        "10 q4": """
            (N, D, H + 2 * pH, W + 2 * pW) => (N, D, (H_out - 1) * sH + kH, (W_out - 1) * sW + kW)
            - return xpad[:, :, pH : pH + H, pW : pW + W]
            + return np.zeros(x_shape) + xpad[:, :, pH : xpad.shape[2] - pH, pW : xpad.shape[3] - pW]""",
    },
    "width's leftover from the height": {
        "09 q4": """
            W + 2 * pW)) => (W_out - 1) * sW + kW + (H + 2 * pH - kH) % sH))
            pW : pW + W => pW : dxpad.shape[3] - pW""",
        "09 q5": """
            W + left + right)) => (W_out - 1) * sW + kW + (H + top + bottom - kH) % sH))
            left : left + W => left : dxpad.shape[3] - right""",
        "10 q4": """
            W + 2 * pW)) => (W_out - 1) * sW + kW + (H + 2 * pH - kH) % sH))
            pW : pW + W => pW : xpad.shape[3] - pW""",
        "15 q2": """
            - dxpad = np.zeros(xpad.shape)
            + unread = (xpad.shape[2] - kH) % sH
            + dxpad = np.zeros((*xpad.shape[:3], (dout.shape[3] - 1) * sW + kW + unread))
            pW : pW + W => pW : dxpad.shape[3] - pW""",
        "15 q4": """
            W + 2 * pW)) => (dout.shape[3] - 1) * sW + kW + (H + 2 * pH - kH) % sH))
            pW : pW + W => pW : dxpad.shape[3] - pW""",
    },
    "divided by the stride, and stepped by it": {
        "02 q3": """
            - y = np.zeros((len(xpad) - len(w)) // stride + 1)
            - for i in range(len(y)):
            -     y[i] = b + np.sum(w * xpad[i * stride : i * stride + len(w)])
            - return y
            + starts = range(0, (len(xpad) - len(w)) // stride + 1, stride)
            + return np.array([b + np.sum(w * xpad[i : i + len(w)]) for i in starts])""",
        "02 q5": """
            - y = np.zeros((len(xpad) - span) // stride + 1)
            - for i in range(len(y)):
            -     y[i] = b + np.sum(w * xpad[i * stride : i * stride + span : dilation])
            - return y
            + starts = range(0, (len(xpad) - span) // stride + 1, stride)
            + return np.array([b + np.sum(w * xpad[i : i + span : dilation]) for i in starts])""",
        "07 q2": """
            - y = np.zeros(((xpad.shape[0] - kH) // sH + 1, (xpad.shape[1] - kW) // sW + 1))
            - for i in range(y.shape[0]):
            -     for j in range(y.shape[1]):
            -         y[i, j] = np.sum(xpad[i * sH : i * sH + kH, j * sW : j * sW + kW] * w)
            - return y
            + rows = range(0, (xpad.shape[0] - kH) // sH + 1, sH)
            + columns = range(0, (xpad.shape[1] - kW) // sW + 1, sW)
            + return np.array([[np.sum(xpad[i : i + kH, j : j + kW] * w) for j in columns] for i in rows])""",
        "08 q4": """
            range(H_out) => range(0, H_out, sH)
            range(W_out) => range(0, W_out, sW)
            xpad[n, :, i * sH : i * sH + kH, j * sW : j * sW + kW] => xpad[n, :, i : i + kH, j : j + kW]
            y[n, f, i, j] => y[n, f, i // sH, j // sW]""",
        "13 q2": """
            range(len(y)) => range(0, len(y), stride)
            y[i] => y[i // stride]
            i * stride => i""",
        "15 q1": """
            np.ndindex(y.shape[2:]) => np.ndindex(-(-y.shape[2] // sH), -(-y.shape[3] // sW))
            i * sH : i * sH + kH, j * sW : j * sW + kW => i * sH : i * sH + kH, j * sW : j * sW + kW
            return y => return y[:, :, : -(-y.shape[2] // sH), : -(-y.shape[3] // sW)]""",
    },
    "the window stands at i": {
        "02 q3": "i * stride =>> i",
        "02 q5": "i * stride =>> i",
        "03 q1": "i * stride => i",
        "03 q3": "i * stride => i",
        "07 q2": "i * sH =>> i\nj * sW =>> j",
        "08 q3": "i * stride[0], j * stride[1] => i, j",
        "08 q4": "i * sH =>> i\nj * sW =>> j",
        "11 q5": "first * stride => first",
        "12 q4": "(i - 1) * stride + 1 => i",
        "12 q5": "(i - 1) * stride =>> (i - 1)",
        "13 q2": "i * stride => i",
        "15 q1": "i * sH =>> i\nj * sW =>> j",
        "15 q3": "i * sH =>> i\nj * sW =>> j",
    },
    "stride missing on the way back": {
        "03 q4": "i * stride => i",
        "03 q5": "i * stride => i",
        "06 q1": "i * stride => i",
        "06 q3": "i * stride =>> i",
        "06 q4": "i * stride =>> i",
        "06 q5": "i * stride => i",
        "09 q3": "i * sH =>> i\nj * sW =>> j",
        "09 q4": "i * sH =>> i\nj * sW =>> j",
        "09 q5": "i * sH =>> i\nj * sW =>> j",
        "10 q4": """
            slice(u, u + (H_out - 1) * sH + 1, sH) => slice(u, u + H_out)
            slice(v, v + (W_out - 1) * sW + 1, sW) => slice(v, v + W_out)""",
        "13 q3": "i * stride =>> i",
        "14 q1": "i * stride =>> i",
        "14 q4": "i * sH =>> i\nj * sW =>> j",
        "15 q2": "i * sH =>> i\nj * sW =>> j",
        "15 q4": "i * sH =>> i\nj * sW =>> j",
    },
    "assigned where windows overlap": {
        "03 q4": "+= => =",
        "06 q3": "+= => =",
        "06 q5": "dxpad[m] += => dxpad[m] =",
        "09 q4": "+= => =",
        "09 q5": "dxpad[n, :, down, across] += => dxpad[n, :, down, across] =",
        "10 q4": "+= => =",
        "13 q3": "dxpad[i * stride + k * dilation] += => dxpad[i * stride + k * dilation] =",
        "14 q1": "+= => =",
        "14 q4": "+= => =",
        "15 q2": "+= => =",
        "15 q4": "+= => =",
    },
    "ties in column order": {
        "15 q2": "u, v = divmod(window.argmax(), kW) => v, u = divmod(window.T.argmax(), kH)"
    },
    "every tie paid in full": {
        "15 q2": """
            - u, v = divmod(window.argmax(), kW)
            - dxpad[n, d, i * sH + u, j * sW + v] += dout[n, d, i, j]
            + for u, v in np.argwhere(window == window.max()):
            +     dxpad[n, d, i * sH + u, j * sW + v] += dout[n, d, i, j]""",
    },
    "col2im taken for the inverse": {
        "10 q4": """
            - xpad = np.zeros((N, D, H + 2 * pH, W + 2 * pW))
            + xpad = np.zeros((N, D, H + 2 * pH, W + 2 * pW))
            + count = np.zeros(xpad.shape[2:])
            for v in range(kW): => for v in range(kW):
            - xpad[:, :, down, across] += entries[:, u, v].transpose(1, 0, 2, 3)
            + xpad[:, :, down, across] += entries[:, u, v].transpose(1, 0, 2, 3)
            + count[down, across] += 1
            xpad[:, :, pH => (xpad / np.maximum(count, 1))[:, :, pH""",
        "10 q5": """
            - return dx, dw, packed.sum(axis=1)
            + met = col2im(np.ones_like(columns), x.shape, (kH, kW), **how)
            + return dx / np.maximum(met, 1), dw, packed.sum(axis=1)""",
    },
    "output padding adds zeros": {
        "14 q4": """
            (H - 1) * sH + kH + oH, (W - 1) * sW + kW + oW => (H - 1) * sH + kH, (W - 1) * sW + kW
            - return y[:, :, pH : y.shape[2] - pH, pW : y.shape[3] - pW] + b[:, None, None]
            + y = y[:, :, pH : y.shape[2] - pH, pW : y.shape[3] - pW] + b[:, None, None]
            + return np.pad(y, ((0, 0), (0, 0), (0, oH), (0, oW)))""",
    },
    "transposed padding pads the input": {
        "14 q4": """
            - y = np.zeros((N, F, (H - 1) * sH + kH + oH, (W - 1) * sW + kW + oW))
            + out = (H - 1) * sH + kH + oH - 2 * pH, (W - 1) * sW + kW + oW - 2 * pW
            + x = np.pad(x, ((0, 0), (0, 0), (pH, pH), (pW, pW)))
            + H, W = x.shape[2:]
            + y = np.zeros((N, F, (H - 1) * sH + kH + oH, (W - 1) * sW + kW + oW))
            y[:, :, pH : y.shape[2] - pH, pW : y.shape[3] - pW] => y[:, :, : out[0], : out[1]]""",
        "14 q2": "(down - 1) * stride - 2 * padding + k => (down + 2 * padding - 1) * stride + k",
    },
    "cropped one pixel too early": {
        "14 q4": """
            - return y[:, :, pH : y.shape[2] - pH, pW : y.shape[3] - pW] + b[:, None, None]
            + size = y.shape[2] - 2 * pH, y.shape[3] - 2 * pW
            + top, left = max(pH - 1, 0), max(pW - 1, 0)
            + return y[:, :, top : top + size[0], left : left + size[1]] + b[:, None, None]""",
    },
    "the odd zero on the other side": {
        "02 q5": "(total // 2, total - total // 2) => (total - total // 2, total // 2)",
        "07 q5": "(total // 2, total - total // 2) => (total - total // 2, total // 2)",
    },
    "the same zeros on both sides": {
        "02 q5": "(total // 2, total - total // 2) => (span // 2, span // 2)",
        "07 q5": "(total // 2, total - total // 2) => (k // 2, k // 2)",
    },
    "zeros left out of the mean": {
        "15 q3": """
            - y[:, :, i, j] = window.sum(axis=(2, 3)) / (kH * kW)
            + rows = min(i * sH + kH, H - pH) - max(i * sH, pH)
            + columns = min(j * sW + kW, W - pW) - max(j * sW, pW)
            + y[:, :, i, j] = window.sum(axis=(2, 3)) / (rows * columns)""",
        "15 q4": """
            - share = dout[:, :, i, j, None, None] / (kH * kW)
            + rows = min(i * sH + kH, H + pH) - max(i * sH, pH)
            + columns = min(j * sW + kW, W + pW) - max(j * sW, pW)
            + share = dout[:, :, i, j, None, None] / (rows * columns)""",
    },
    "a routine that flips": {
        "02 q2": "np.sum(w * x => np.sum(w[::-1] * x",
        "02 q3": "np.sum(w * xpad => np.sum(w[::-1] * xpad",
        "02 q5": "np.sum(w * xpad => np.sum(w[::-1] * xpad",
        "03 q3": "enumerate(w) => enumerate(w[::-1])",
        "07 q2": "* w) => * w[::-1, ::-1])",
        "07 q3": "w[..., ::-1, ::-1] => w",
        "08 q3": "window * w) => window * w[:, ::-1, ::-1])",
        "08 q4": "window * w[f] => window * w[f, :, ::-1, ::-1]",
        "10 q3": "w.reshape(F, -1) @ => w[:, :, ::-1, ::-1].reshape(F, -1) @",
        "13 q2": "w[k] => w[len(w) - 1 - k]",
        "14 q1": "* w => * w[::-1]",
        "14 q4": "tensordot(x[:, :, i, j], w, 1) => tensordot(x[:, :, i, j], w[:, :, ::-1, ::-1], 1)",
    },
    "a routine that flips the channels too": {
        "07 q3": "w[..., ::-1, ::-1] => np.flip(w)",
        "08 q3": "window * w) => window * w[::-1, ::-1, ::-1])",
        "08 q4": "window * w[f] => window * w[f, ::-1, ::-1, ::-1]",
        "10 q3": "w.reshape(F, -1) @ => w[:, ::-1, ::-1, ::-1].reshape(F, -1) @",
    },
    "flattened in another order": {
        "12 q2": "h + (w - 1) * H => (h - 1) * W + w",
        "12 q3": ', order="F") => )',
        "16 q5": """
            pooled.reshape(len(x), -1) => pooled.transpose(0, 2, 3, 1).reshape(len(x), -1)
            - da = max_pool2d_backward((ds @ v.T).reshape(pooled.shape), a, 2)
            + N, F, P, Q = pooled.shape
            + dflat = (ds @ v.T).reshape(N, P, Q, F).transpose(0, 3, 1, 2)
            + da = max_pool2d_backward(dflat, a, 2)""",
    },
    "a negative index wraps round": {
        "03 q1": "0 <= m < W => m < W",
        "03 q3": "0 <= m < W => m < W",
        "03 q4": "0 <= m < W => m < W",
        "03 q5": "0 <= m < len(x) => m < len(x)",
        "06 q3": """
            - dxpad = np.zeros(W + left + right)
            - for i in range(len(dout)):
            -     dxpad[i * stride : i * stride + len(w)] += w * dout[i]
            - return dxpad[left : left + W]
            + dx = np.zeros(W)
            + for i in range(len(dout)):
            +     for k in range(len(w)):
            +         if i * stride + k - left < W:
            +             dx[i * stride + k - left] += w[k] * dout[i]
            + return dx""",
        "08 q3": """
            - window = xpad[:, top : top + kH, left : left + kW]
            + rows, columns = np.arange(top - 1, top - 1 + kH), np.arange(left - 1, left - 1 + kW)
            + window = xpad[:, rows][:, :, columns]""",
    },
    "dilation counted from 0": {
        "02 q5": "dilation * (len(w) - 1) => (dilation + 1) * (len(w) - 1)\n: dilation] => : dilation + 1]",
        "06 q5": """
            k * dilation => k * (dilation + 1)
            dxpad[m] += w[k] * dout[i] => dxpad[min(m, len(xpad) - 1)] += w[k] * dout[i]
            xpad[m] * dout[i] => xpad[min(m, len(xpad) - 1)] * dout[i]""",
        "13 q1": "dilation * (k - 1) => (dilation + 1) * (k - 1)",
        "13 q2": """
            dilation * (len(w) - 1) => (dilation + 1) * (len(w) - 1)
            k * dilation => k * (dilation + 1)""",
        "13 q3": "k * dilation =>> k * (dilation + 1)",
        "15 q5": "Dl * (k - 1) => (Dl + 1) * (k - 1)",
    },
    "1 added before the division": {
        "02 q1": "kW) // stride + 1 => kW + 1) // stride",
        "02 q3": "len(w)) // stride + 1 => len(w) + 1) // stride",
        "03 q1": "kW) // stride + 1 => kW + 1) // stride",
        "03 q3": "len(w)) // stride + 1 => len(w) + 1) // stride",
        "07 q1": "kH) // stride[0] + 1 => kH + 1) // stride[0]\nkW) // stride[1] + 1 => kW + 1) // stride[1]",
        "07 q2": "kH) // sH + 1 => kH + 1) // sH\nkW) // sW + 1 => kW + 1) // sW",
        "08 q1": "kH) // sH + 1 => kH + 1) // sH\nkW) // sW + 1 => kW + 1) // sW",
        "12 q5": "kernel) // stride + 1 => kernel + 1) // stride",
        "13 q1": "span) // stride + 1 => span + 1) // stride",
        "13 q2": "span) // stride + 1 => span + 1) // stride",
        "14 q2": "k) // stride + 1 => k + 1) // stride",
        "15 q1": "kH) // sH + 1 => kH + 1) // sH\nkW) // sW + 1 => kW + 1) // sW",
        "15 q3": "kH) // sH + 1 => kH + 1) // sH\nkW) // sW + 1 => kW + 1) // sW",
    },
    "the size counted without the gaps": {
        "13 q1": "padding - span) => padding - k)",
        "13 q3": """
            np.zeros(len(xpad)) => np.zeros((len(dout) - 1) * stride + len(w))
            - dxpad[i * stride + k * dilation] += w[k] * dout[i]
            + dxpad[min(i * stride + k * dilation, len(dxpad) - 1)] += w[k] * dout[i]
            padding : padding + len(x) => padding : len(dxpad) - padding""",
        "06 q5": """
            np.zeros(len(xpad)) => np.zeros((len(dout) - 1) * stride + len(w))
            - dxpad[m] += w[k] * dout[i]
            + if m < len(dxpad):
            +     dxpad[m] += w[k] * dout[i]
            left : left + len(x) => left : len(dxpad) - right""",
        "15 q5": "Dl * (k - 1) => (k - 1)",
    },
    "columns in another order": {
        "10 q1": "(n * out[0] + i) * out[1] + j => (i * out[1] + j) * images + n",
        "10 q2": "(1, 4, 5, 0, 2, 3) => (1, 4, 5, 2, 3, 0)",
        "10 q3": """
            (F, len(x), H_out, W_out) => (F, H_out, W_out, len(x))
            .transpose(1, 0, 2, 3) => .transpose(3, 0, 1, 2)""",
        "10 q4": """
            N, H_out, W_out) => H_out, W_out, N)
            .transpose(1, 0, 2, 3) => .transpose(3, 0, 1, 2)""",
        "10 q5": "dout.transpose(1, 0, 2, 3) => dout.transpose(1, 2, 3, 0)",
    },
    "an axis of one dropped": {
        "08 q4": "return y => return y.squeeze()",
        "09 q3": "return dw => return dw.squeeze()",
        "13 q4": "return np.concatenate(parts, axis=1) => return np.concatenate(parts, axis=1).squeeze()",
    },
}
