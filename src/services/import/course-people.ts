import { User, USER_LIMITS, type UserFields } from '../../models/user.model';
import { email as emailRule, username as usernameRule } from '../../validators/user.validator';
import { foreignAsset } from '../media/foreign-asset';
import { createUnmatchableHash } from '../password.service';
import { textOf, timesOf, type CourseDocument } from './course-document';
import { courseAsset, type MediaOptions } from './course-media';
import { requireId } from './course-references';
import { bounded } from './course-texts';
import { LeftOut, type ConvertTools, type ImportStep } from './import-step';

const BCRYPT_HASH = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;
/** The cost that the course uses; the next sign-in raises it to ours, see `verifyCredentials`. */
const COURSE_COST = 10;
/** For accounts without a picture: this server always has it. */
const NO_AVATAR = '/account/assets/icon.svg';

/** `users`. Refresh tokens stay behind, as they are clear text there: everybody signs in again. */
export function peopleStep(media: MediaOptions): ImportStep<UserFields> {
  return {
    name: 'users',
    from: 'users',
    into: User,
    refersTo: () => [],
    convert: (source, tools) => {
      const email = emailOf(source);
      const fullName = source.fullName ?? source.fullname;
      const avatar = courseAsset(source.avatar, 'image', media);
      if (!avatar) tools.changed('it has no avatar, and gets a plain one');
      const username = usernameOf(source, email, tools);
      return [
        {
          _id: requireId(source),
          username,
          email,
          fullName: bounded(fullName, USER_LIMITS.fullNameMax, 'fullName', tools) || username,
          password: passwordOf(source, tools),
          avatar: avatar ?? foreignAsset(NO_AVATAR, 'image'),
          coverImage: courseAsset(source.coverImage, 'image', media),
          ...timesOf(source),
        },
      ];
    },
    duplicate: (index) =>
      index.startsWith('email')
        ? 'another account has the same e-mail address, but for upper and lower case'
        : 'another account has the same username, but for upper and lower case',
  };
}

function emailOf({ email }: CourseDocument): string {
  const parsed = emailRule.safeParse(email);
  if (!parsed.success) throw new LeftOut('it has no valid e-mail address');
  return parsed.data;
}

/** The name in small letters, with a low line for whatever ours may not have. */
function usernameOf({ username }: CourseDocument, email: string, tools: ConvertTools): string {
  const given = textOf(username) || email.replace(/@.*/, '');
  const parsed = usernameRule.safeParse(given);
  if (parsed.success) return parsed.data;
  const fitting = given
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '_')
    .slice(0, USER_LIMITS.usernameMax)
    .padEnd(USER_LIMITS.usernameMin, '_');
  tools.changed('username was made to fit', fitting);
  return fitting;
}

function passwordOf({ password }: CourseDocument, tools: ConvertTools): string {
  if (typeof password === 'string' && BCRYPT_HASH.test(password)) return password;
  tools.changed('its password is no bcrypt hash; its owner sets a new one by mail');
  return createUnmatchableHash(COURSE_COST);
}
