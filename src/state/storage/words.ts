/** A sentence for each way in which storing can fail. */

const nameOf = (thrown: unknown) =>
  typeof thrown === 'object' && thrown !== null && 'name' in thrown ? String(thrown.name) : '';

/** Why something was not stored, to stand after "not stored: ". */
export function whyNotStored(thrown: unknown): string {
  switch (nameOf(thrown)) {
    case 'QuotaExceededError':
      return 'This browser’s storage is full. Delete runs that you no longer need, or export what you want to keep.';
    case 'AbortError':
      return 'The browser broke off the writing, which happens when the disk is full or the page is being closed.';
    case 'InvalidStateError':
      return 'The storage was closed, by a newer version of the page in another tab or by the browser. Reload the page.';
    case 'DataCloneError':
    case 'DataError':
      return 'The browser cannot store something that this holds.';
    default:
      return 'The browser refused to store it. Export what you want to keep.';
  }
}

/** Why nothing can be stored at all. */
export function whyClosed(thrown: unknown): string {
  switch (nameOf(thrown)) {
    case 'VersionError':
      return 'What is stored was written by a newer version of this page. It is left as it is; reload with that version to see it.';
    case 'QuotaExceededError':
      return 'This browser’s storage is full, so that not even its table of contents can be opened. Free some disk space, then reload.';
    default:
      return 'This browser does not let the page store anything (a private window, or blocked storage). Export what you want to keep.';
  }
}

export const blockedSentence =
  'Another tab has an older version of this page open, and the stored runs wait for it. Close that tab; nothing is lost.';
export const supersededSentence =
  'A newer version of this page was opened in another tab. Reload this one; until then nothing more is stored here.';
