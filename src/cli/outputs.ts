/**
 * What a command writes: looked at before the work begins, written whole beside its place and moved
 * there. A full disk, Ctrl-C or a crash leaves no half file, and no output takes an input's place.
 */
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, extname, join, sep } from 'node:path';
import { IntactError } from '../model/error';
import type { Arguments } from './arguments';
import { statOf } from './files';

interface Output {
  /** The option that names it: "--out". */
  readonly option: string;
  readonly path: string;
}

/** "x.tflite", "control" → "x.control.tflite". */
export function beside(path: string, kind: string): string {
  const ending = extname(path);
  return join(dirname(path), `${basename(path, ending)}.${kind}${ending}`);
}

/** Everything that the command writes. */
export function outputsOf(args: Arguments): Output[] {
  const { command, control, out, report, csv, html } = args;
  const named = (option: string, path: string | undefined): Output[] =>
    path === undefined ? [] : [{ option, path }];
  const also = (option: string, path: string | undefined, kind: string): Output[] =>
    path === undefined ? [] : [{ option: `${option} (${kind})`, path: beside(path, kind) }];
  switch (command) {
    case 'quantize':
      return [...named('--out', out), ...named('--report', report), ...named('--csv', csv)];
    case 'train':
      return [
        ...named('--out', out),
        ...also('--out', out, 'float'),
        ...(control ? also('--out', out, 'control') : []),
        ...named('--report', report),
        ...(control ? also('--report', report, 'control') : []),
        ...named('--csv', csv),
      ];
    case 'diagnose':
      return named('--report', report);
    case 'compare':
      return [...named('--html', html), ...named('--csv', csv)];
    case 'inspect':
    case 'calibrate':
    case 'evaluate':
    case 'help':
      return [];
    default:
      return command satisfies never;
  }
}

function refuse(message: string): never {
  throw new IntactError('usage', message);
}

/** Where the path leads once links are followed; the file itself need not be there. */
function placeOf({ option, path }: Output): string {
  const stat = statOf(path);
  if (stat?.isDirectory()) refuse(`${option} ${path} is a folder; name a file.`);
  if (stat && !stat.isFile()) refuse(`${option} ${path} is no regular file; name another.`);
  const folder = dirname(path);
  const parent = statOf(folder);
  if (!parent) refuse(`${option} ${path}: there is no folder "${folder}". Make it first.`);
  if (!parent.isDirectory()) refuse(`${option} ${path}: "${folder}" is no folder.`);
  const place = stat ? realpathSync(path) : join(realpathSync(folder), basename(path));
  try {
    if (stat) accessSync(place, constants.W_OK);
    accessSync(dirname(place), constants.W_OK);
  } catch {
    refuse(
      `${option} ${path} can't be written here; you may not write to that ${stat ? 'file' : 'folder'}.`,
    );
  }
  return place;
}

/** Throws `usage`, before anything is computed, where an output can't be written or would destroy something. */
export function checkOutputs(args: Arguments): void {
  const inputs = [args.files, args.data, args.evaluationData, [args.labels, args.recipe]]
    .flat()
    .flatMap((path) => {
      if (path === undefined) return [];
      const stat = statOf(path);
      return stat ? [{ path, place: realpathSync(path), isFolder: stat.isDirectory() }] : [];
    });
  const taken = new Map<string, string>();
  for (const output of outputsOf(args)) {
    const { option, path } = output;
    const place = placeOf(output);
    const input = inputs.find(
      (one) =>
        one.place === place || (one.isFolder && place.startsWith(one.place + sep) && statOf(place)),
    );
    if (input)
      refuse(
        `${option} ${path} is ${input.place === place ? `the input ${input.path}` : `a file of the input ${input.path}`}, which would be lost. Name another file.`,
      );
    const other = taken.get(place);
    if (other) refuse(`${option} and ${other} name the same file, ${path}. Name two.`);
    taken.set(place, option);
  }
}

const unfinished = new Set<string>();
process.on('exit', () => {
  for (const path of unfinished) rmSync(path, { force: true });
});

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota of disk space is used up',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the disk is read-only',
  EIO: 'the disk reports an error',
  EFBIG: 'the file is too large for this disk',
};

/**
 * Writes the file in one step: what stood at `path` stays until the new one is whole. Throws `limit`
 * with a sentence where it can't be written.
 */
export function writeWhole(path: string, data: Uint8Array | string): void {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const place = statOf(path) ? realpathSync(path) : path;
  const part = join(dirname(place), `.${basename(place)}.${process.pid}.part`);
  unfinished.add(part);
  try {
    const file = openSync(part, 'w');
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, place);
  } catch (thrown) {
    rmSync(part, { force: true });
    const code = (thrown as { readonly code?: string }).code ?? '';
    throw new IntactError(
      'limit',
      `${path} was not written: ${reasons[code] ?? 'the disk refused it'}. What stood there before is unchanged.`,
    );
  } finally {
    unfinished.delete(part);
  }
}
