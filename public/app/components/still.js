const SIDE = 1280;
/** A file that a browser cannot read says nothing at all, now and then. */
const PATIENCE_MILLISECONDS = 8000;

/**
 * A picture out of a video file, drawn by the browser itself.
 * @param {File} file
 * @returns {Promise<Blob | undefined>} undefined where the browser cannot play such a file
 */
export async function stillOf(file) {
  const media = document.createElement('video');
  const address = URL.createObjectURL(file);
  try {
    Object.assign(media, { muted: true, preload: 'auto', playsInline: true, src: address });
    await happened(media, 'loadeddata');
    media.currentTime = Math.min(media.duration / 3 || 0, 10);
    await happened(media, 'seeked');
    return await drawn(media);
  } catch {
    // One chooses a picture by hand then.
    return undefined;
  } finally {
    media.removeAttribute('src');
    media.load();
    URL.revokeObjectURL(address);
  }
}

function happened(media, event) {
  return new Promise((resolve, reject) => {
    const options = { once: true };
    media.addEventListener(event, resolve, options);
    media.addEventListener('error', () => reject(media.error), options);
    setTimeout(() => reject(new Error(`no ${event}`)), PATIENCE_MILLISECONDS);
  });
}

function drawn(media) {
  const { videoWidth: width, videoHeight: height } = media;
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext('2d').drawImage(media, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/jpeg', 0.85);
  });
}
