/** A file that is dropped elsewhere would open in place of the application, and unsent text would be lost. */
export function refuseFiles(refused: () => void): () => void {
  const hasFiles = (data: DataTransfer | null) => data?.types.includes('Files') ?? false;
  const over = (event: DragEvent) => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'none';
  };
  const drop = (event: DragEvent) => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    refused();
  };
  const paste = ({ clipboardData }: ClipboardEvent) => {
    if (hasFiles(clipboardData) && !clipboardData?.types.includes('text/plain')) refused();
  };
  window.addEventListener('dragover', over);
  window.addEventListener('drop', drop);
  window.addEventListener('paste', paste);
  return () => {
    window.removeEventListener('dragover', over);
    window.removeEventListener('drop', drop);
    window.removeEventListener('paste', paste);
  };
}
