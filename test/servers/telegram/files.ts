import { badRequest } from './errors.ts';

const LARGEST_DOWNLOAD_BYTES = 20 * 1024 ** 2;

type StoredFile = { readonly id: string; readonly path: string; readonly bytes: Uint8Array };

/** Files that people sent: https://core.telegram.org/bots/api#file */
export type Files = {
  /** Returns the fields of a file object. */
  add(folder: string, name: string, bytes: Uint8Array): Readonly<Record<string, unknown>>;
  /** getFile. Throws a 400. */
  get(id: string | undefined): Readonly<Record<string, unknown>>;
  read(path: string): Uint8Array | undefined;
};

export function createFiles(): Files {
  const byId = new Map<string, StoredFile>();
  const byPath = new Map<string, StoredFile>();
  const view = ({ id, bytes }: StoredFile) => ({
    file_id: id,
    file_unique_id: `unique-${id}`,
    file_size: bytes.length,
  });
  return {
    add(folder, name, bytes) {
      const number = byId.size + 1;
      const file = { id: `file-${number}`, path: `${folder}/${number}-${name}`, bytes };
      byId.set(file.id, file);
      byPath.set(file.path, file);
      return view(file);
    },
    get(id) {
      if (!id) throw badRequest('file_id not specified');
      const file = byId.get(id);
      if (!file) throw badRequest('invalid file_id');
      if (file.bytes.length > LARGEST_DOWNLOAD_BYTES) throw badRequest('file is too big');
      return { ...view(file), file_path: file.path };
    },
    read: (path) => byPath.get(path)?.bytes,
  };
}
