import { button, h } from './dom.js';

/** Pictures that were chosen, pasted or dropped and wait to be sent. */
export function createPictures({ list, input, textarea, dropZone, onProblem }) {
  let waiting = [];

  function show() {
    list.hidden = waiting.length === 0;
    list.replaceChildren(
      ...waiting.map((picture) => {
        const label = `Remove ${picture.name}`;
        const remove = button('✕', () => drop(picture), { 'aria-label': label, title: label });
        return h('li', {}, h('img', { src: picture.url, alt: picture.name }), remove);
      }),
    );
  }

  function drop(picture) {
    waiting = waiting.filter((one) => one !== picture);
    URL.revokeObjectURL(picture.url);
    show();
    textarea.focus();
  }

  function add(files) {
    const pictures = [...files].filter((file) => file.type.startsWith('image/'));
    if (pictures.length < files.length) onProblem({ message: 'Only pictures can be attached.' });
    waiting = [
      ...waiting,
      ...pictures.map((file) => ({ file, name: file.name || 'picture', url: URL.createObjectURL(file) })),
    ];
    show();
  }

  input.addEventListener('change', () => {
    add(input.files);
    input.value = '';
    textarea.focus();
  });
  textarea.addEventListener('paste', (event) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    add(event.clipboardData.files);
  });
  dropZone.addEventListener('dragover', (event) => {
    if (event.dataTransfer.types.includes('Files')) event.preventDefault();
  });
  dropZone.addEventListener('drop', (event) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });

  return {
    get count() {
      return waiting.length;
    },
    /** Hands them over; they are no longer waiting. */
    take() {
      const taken = waiting;
      waiting = [];
      show();
      return taken;
    },
  };
}

/** As the API takes it: base64 without the prefix of a data URL. */
export async function encode({ file }) {
  const url = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject({ message: `${file.name} could not be read.` });
    reader.readAsDataURL(file);
  });
  return { mediaType: file.type, data: url.slice(url.indexOf(',') + 1) };
}
