export * from '../formats/zip';
