x = magic(4);
w = [1 2 0; 0 0 -1];

disp('convn_vanilla: what the layer computes')
disp(convn_vanilla(x, w))
disp('conv2 flips the filter ...')
disp(conv2(x, w, 'valid'))
disp('... so turn it first by 180 degrees')
disp(conv2(x, rot90(w, 2), 'valid'))
disp('filter2 does both, so w is not flipped; mind the order of its arguments')
disp(filter2(w, x, 'valid'))

x3 = cat(3, magic(4), magic(4)', ones(4));
w3 = cat(3, w, -w, 2 * w);
disp('convn flips all three axes, the channels too')
disp(convn(x3, flip(flip(flip(w3, 1), 2), 3), 'valid') - convn_vanilla(x3, w3))
disp('Turning only rows and columns is wrong here by')
disp(convn(x3, flip(flip(w3, 1), 2), 'valid') - convn_vanilla(x3, w3))
