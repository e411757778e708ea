/** What is read as lines of JSON, one after the other; empty lines mean nothing. `onBytes` is told whenever something came. */
export async function* linesOf(body, onBytes) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    onBytes();
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
  }
  if (rest.trim() !== '') yield JSON.parse(rest);
}
