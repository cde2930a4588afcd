import { courseAsset } from '../../src/services/import/course-media';
import { isForeign } from '../../src/services/media/foreign-asset';

const OWN = { ownCloudName: 'course' };
const HOST = 'http://res.cloudinary.com/course';

describe('courseAsset', () => {
  test.each([
    ['the address of a picture', `${HOST}/image/upload/v1/a/b.png`, 'png'],
    ['an object with url', { url: 'https://cdn.example.com/b.webp' }, 'webp'],
    ['an object with secure_url', { url: `${HOST}/x.png`, secure_url: `${HOST}/y.jpg` }, 'jpg'],
    ['an address without an extension', 'https://example.com/pictures?id=3', 'unknown'],
  ])('courseAsset, when it is given %s, keeps it as a file of others', (_what, value, format) => {
    const asset = courseAsset(value, 'image', {});

    expect(asset).toMatchObject({ resourceType: 'image', bytes: 0, format });
    expect(isForeign(asset!)).toBe(true);
  });

  test.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['a path of the old server', 'public/temp/me.png'],
    ['an address that browsers run', 'javascript:alert(1)'],
    ['an object without an address', { public_id: 'x' }],
  ])('courseAsset, when it is given %s, is undefined', (_what, value) => {
    expect(courseAsset(value, 'image', {})).toBeUndefined();
  });

  test.each([
    ['in a folder', 'image', `${HOST}/image/upload/v1710000000/faces/ada%20l.png`, 'faces/ada l'],
    ['with dots', 'video', `${HOST}/video/upload/v1710000000/talk.1.final.mp4`, 'talk.1.final'],
    ['behind a transformation', 'image', `${HOST}/image/upload/w_200,c_fill/v17/face.jpg`, 'face'],
  ] as const)(
    'courseAsset, when the cloud is ours and the file is %s, finds its name',
    (_what, kind, url, publicId) => {
      const asset = courseAsset(url, kind, OWN);

      expect(asset).toMatchObject({ publicId, resourceType: kind });
      expect(isForeign(asset!)).toBe(false);
    },
  );

  test.each([
    ['of another cloud', 'http://res.cloudinary.com/other/image/upload/v1/face.jpg'],
    ['of another kind', `${HOST}/video/upload/v1/face.jpg`],
    ['spelt wrongly', `${HOST}/image/upload/v1/100%.jpg`],
    ['without a version', `${HOST}/image/upload/faces/face.jpg`],
    ['at another host', 'http://example.com/course/image/upload/v1/face.jpg'],
  ])(
    'courseAsset, when the cloud is ours and the file is %s, leaves it to others',
    (_what, url) => {
      expect(isForeign(courseAsset(url, 'image', OWN)!)).toBe(true);
    },
  );
});
