/**
 * Passwords that everybody tries first, eight characters or longer, lower-cased. NIST SP 800-63B
 * section 5.1.1.2 asks to refuse such values; runs and repetitions are found by rule below.
 */
const COMMON_PASSWORDS = new Set(
  `
  password password1 password12 password123 password1234 password! passw0rd p@ssword p@ssw0rd
  password01 password2 mypassword passwords pass1234 pass12345 passpass passport changeme changeme1
  changeme123 letmein1 letmein123 letmeinnow welcome1 welcome12 welcome123 welcome1234 admin123
  admin1234 admin12345 administrator root1234 rootroot adminadmin testtest test1234 test12345
  testing123 testing1 tester123 user1234 username useruser guest123 default1 default123 secret123
  secret1234 qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty1! qwertyuiop123 1q2w3e4r 1q2w3e4r5t
  1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 zaq12wsx zaq1zaq1 qazwsxedc qazwsx123 q1w2e3r4
  q1w2e3r4t5 asdf1234 asdfasdf asdfghjkl123 zxcvbnm1 zxcvbnm123 abc12345 abcd1234 abcde123 a1b2c3d4
  a1s2d3f4 aa123456 a12345678 a123456789 1234abcd 123abc123 123qweasd 123qwe123 12qwaszx 12341234
  11223344 1122334455 112233445566 147258369 159753258 789456123 741852963 963852741 1029384756
  0192837465 13579246 24681357 iloveyou iloveyou1 iloveyou2 iloveyou123 ilovegod ilovehim iloveher
  loveyou1 lovelove loveme123 princess princess1 sunshine sunshine1 football football1 baseball
  baseball1 basketball volleyball softball superman superman1 batman123 spiderman starwars
  starwars1 pokemon1 pokemon123 minecraft minecraft1 nintendo playstation fortnite liverpool
  liverpool1 chelsea1 arsenal1 arsenal123 barcelona realmadrid manchester juventus michelle jennifer
  jonathan danielle christian christopher alexander elizabeth victoria benjamin samantha charlie1
  jordan23 michael1 jessica1 anthony1 nicholas patricia margaret catherine garfield scooby12
  computer computer1 internet internet1 whatever whatever1 trustno1 trustnoone dragon123 dragonball
  master123 monkey123 shadow123 killer123 hunter12 mustang1 corvette mercedes porsche911 butterfly
  chocolate cheesecake strawberry blueberry watermelon pineapple sweetheart beautiful beautiful1
  precious babygirl babygirl1 handsome gorgeous angel123 angels123 blessed1 jesus123 jesuschrist
  godisgood hellokitty hello123 hello1234 helloworld hello12345 goodluck money123 moneymoney
  cocacola snickers midnight december november october1 september february saturday thursday
  summer123 winter123 spring123 autumn123 flower123 freedom1 america1 california newyork1 london123
  australia brasil123 pakistan pakistan1 bangladesh india123 indonesia malaysia champion warcraft
  universe infinity facebook facebook1 youtube1 youtube123 google123 instagram linkedin samsung1
  samsung123 motorola blink182 metallica slipknot nirvana1 scorpion cristina fernando alejandro
  sebastian francisco estrella teamomen contrase tequiero mexico123 marseille azertyuiop azerty123
  motdepasse bonjour1 soleil123 passwort hallo123 schatz123 wachtwoord doudou123 senha123 minhasenha
  opensesame abracadabra nopassword mypass123 access14 access123 login123 loginlogin server123
  database oracle123 mysql123 postgres mongodb1 docker123 raspberry kali1234 ubuntu123 temp1234
  temppass temporary p4ssw0rd pa55word pa$$word pa$$w0rd videotube videotube1 videotube123
  `
    .trim()
    .split(/\s+/),
);

/** Rows that fingers run along; a password that is a piece of one, either way, is no secret. */
const RUNS = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop[]',
  'qwertyuiopasdfghjklzxcvbnm',
  'asdfghjkl;',
  'zxcvbnm,./',
  '!@#$%^&*()_+',
];

/**
 * Whether a password is among the first that a guesser tries: a well-known one, a run along the
 * alphabet or the keyboard, or a short piece repeated ("abcabcabc").
 */
export function isCommonPassword(password: string): boolean {
  const lowered = password.toLowerCase();
  return COMMON_PASSWORDS.has(lowered) || isRun(lowered) || isRepetition(lowered);
}

function isRun(password: string): boolean {
  const reversed = [...password].reverse().join('');
  return RUNS.some((run) => run.includes(password) || run.includes(reversed));
}

function isRepetition(password: string): boolean {
  return /^(.{1,4}?)\1+$/su.test(password);
}
