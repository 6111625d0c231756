try
  conv_layer_forward(ones(5, 4, 3), ones(4, 3, 2, 5));
catch failure
  disp(failure.identifier)
  disp(failure.message)
end
try
  conv_layer_forward(ones(5, 4), ones(3, 2, 1, 4), [1 2 3 4]);
catch failure
  disp(failure.message)
end
