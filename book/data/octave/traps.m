x = reshape(1:16, [4 4]);

disp('1. The last window: a 1 x 1 kernel has as many windows as pixels')
disp([numel(1:4 - 1), numel(1:4 - 1 + 1)])

disp('2. Where window r begins, stride 2: r*S, (r-1)*S + 1')
r = 1:2;
disp([r * 2; (r - 1) * 2 + 1])

disp('3. padarray is a toolbox function, and x(P:end-P) fails at P = 0')
P = 0;
try
  disp(x(P:end - P, 1))
catch failure
  disp('index 0 is an error')
end
disp(x(P + (1:4 - 2 * P), 1)')

disp('4. Channels counted by ndims or size(x, end)')
gray = ones(4, 4);
disp([ndims(gray), size(gray, 3)])
batch = ones(4, 4, 1, 5);
disp([size(batch, ndims(batch)), size(batch, 3)])

disp('5. A vector indexed by a vector keeps its own shape')
v = (1:4)';
disp(size(v([1 2 3])))
disp(size(reshape(v([1 2 3]), [1 3])))

disp('6. A row minus a column is a matrix')
b = [1 2 3];
db = [1; 1; 1];
disp(size(b - 0.1 * db))

disp('7. Whole numbers saturate')
disp(uint8(200) + uint8(100))
