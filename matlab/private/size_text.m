function text = size_text(sizes)
%SIZE_TEXT  '5 x 4 x 3' from [5 4 3], for error messages.

  text = sprintf('%d x ', sizes);
  text = text(1:end - 3);
end
