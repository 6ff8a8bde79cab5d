/** Data that people bring and Intact does not read: what it is, and the way that works. */

const four = (head: Uint8Array, at = 0) => String.fromCharCode(...head.subarray(at, at + 4));

/** @returns "an Excel workbook. Save it as CSV …"; undefined for anything unknown */
export function foreignData(head: Uint8Array, name: string): string | undefined {
  if (
    /\.(pkl|pickle|joblib)$/i.test(name) ||
    (head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5 && /\.(p|bin|dat)$/i.test(name))
  )
    return 'a Python pickle, which can run code and is not opened. Save the arrays with numpy.savez(x=…, y=…).';
  if (/^\uFEFF?\s*<(!doctype|html|\?xml|[a-z]+[\s>])/i.test(new TextDecoder().decode(head)))
    return 'a web page or XML, no data that Intact reads. Download the file itself rather than its page.';
  if (four(head) === 'PAR1') return 'a Parquet file. Save it as CSV (DataFrame.to_csv).';
  if (head[0] === 0x89 && four(head, 1).startsWith('HDF'))
    return 'an HDF5 file. Save its arrays with numpy.savez(x=…, y=…).';
  if (four(head) === 'RIFF' && four(head, 8) === 'WAVE')
    return 'a sound. Save the features that the model takes with numpy.savez(x=…, y=…).';
  if (/\.(mp3|flac|ogg|m4a)$/i.test(name))
    return 'a sound. Save the features that the model takes with numpy.savez(x=…, y=…).';
  if (/\.(mp4|avi|mov|mkv|webm)$/i.test(name)) return 'a video. Give its frames as images.';
  if (/\.(xlsx?|ods)$/i.test(name) || (head[0] === 0xd0 && head[1] === 0xcf && head[2] === 0x11))
    return 'a workbook. Save its sheet as CSV.';
  if (/\.tfrecords?$/i.test(name))
    return 'a TFRecord. Save its examples with numpy.savez(x=…, y=…).';
  if (/\.mat$/i.test(name) || four(head) === 'MATL')
    return 'a MATLAB file. Save its arrays with numpy.savez(x=…, y=…).';
  if (/\.(arff)$/i.test(name)) return 'an ARFF file. Save its rows as CSV.';
  if (/\.(7z|rar|tar|tgz|xz|bz2|zst)$/i.test(name))
    return 'an archive of another kind. Unpack it and drop its content, or a zip.';
  if (/\.(pt|pth|ckpt|safetensors)$/i.test(name))
    return 'a file of PyTorch, not samples. Save the samples with numpy.savez(x=…, y=…).';
  if (/\.(npz|zip)$/i.test(name) && four(head) === 'PK\u0003\u0004')
    return 'an archive inside an archive. Unpack the outer one and drop its content.';
  return undefined;
}
