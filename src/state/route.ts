/** Which of the dropped files are samples and which belong to a model. */

const dataName = /\.(npz|npy|csv|tsv|png|jpe?g|bmp|gif|webp|idx|gz|ubyte)$|-idx\d-ubyte$/i;
const image = /\.(png|jpe?g|bmp|gif|webp)$/i;
const ignored = /(^|\/)(\.DS_Store|Thumbs\.db|\._[^/]*|__MACOSX\/.*)$/;

/** Path within a dropped or chosen folder; the name otherwise. */
export function pathOf(file: File): string {
  return file.webkitRelativePath || file.name;
}

export async function route(files: readonly File[]): Promise<{ model: File[]; data: File[] }> {
  const model: File[] = [];
  const data: File[] = [];
  for (const file of files) {
    const path = file.webkitRelativePath || file.name;
    if (ignored.test(path)) continue;
    (dataName.test(path) || (await isDataZip(file)) ? data : model).push(file);
  }
  // A saved model's folder may hold pictures (a diagram, assets): they are not samples.
  if (model.some((file) => /(^|\/)(model\.json|saved_model\.pb)$/.test(file.webkitRelativePath))) {
    return { model: [...model, ...data], data: [] };
  }
  return { model, data };
}

/** A zip is taken for data when it lists more pictures, arrays or tables than anything else. */
async function isDataZip(file: File): Promise<boolean> {
  if (!/\.zip$/i.test(file.name)) return false;
  const names = zipNames(new Uint8Array(await file.slice(-tailBytes).arrayBuffer()));
  const samples = names.filter((name) => image.test(name) || dataName.test(name)).length;
  return samples > 0 && samples * 2 > names.length;
}

/** Enough of the central directory, which stands at a zip's end, to judge by. */
const tailBytes = 1 << 18;
const entrySignature = 0x02014b50; // APPNOTE 4.3.12, central directory header
const entryHeader = 46;

function zipNames(tail: Uint8Array): string[] {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const names: string[] = [];
  for (let at = 0; at + entryHeader <= tail.length; at++) {
    if (view.getUint32(at, true) !== entrySignature) continue;
    const end = at + entryHeader + view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(tail.subarray(at + entryHeader, end));
    if (!name.endsWith('/') && !ignored.test(name)) names.push(name);
    at = Math.min(end, tail.length) - 1;
  }
  return names;
}
