import { ObjectId, Timestamp } from 'bson';
import { testExpressions, testFaults } from '../helpers/evaluate';

const date = new Date('2024-03-10T07:30:15.123Z');
const berlin = 'Europe/Berlin';
const newYork = 'America/New_York';

// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/#date-expression-operators
testExpressions('A part of a date', [
  ['$year', { $year: '$d' }, { d: date }, '2024'],
  ['$month', { $month: '$d' }, { d: date }, '3'],
  [
    '$dayOfMonth in another zone',
    { $dayOfMonth: { date: '$d', timezone: 'Pacific/Auckland' } },
    { d: new Date('2024-03-10T12:00:00Z') },
    '11',
  ],
  ['$hour in a zone', { $hour: { date: '$d', timezone: berlin } }, { d: date }, '8'],
  ['$hour with an offset', { $hour: { date: '$d', timezone: '-03:30' } }, { d: date }, '4'],
  [
    '$hour after the clock went forward',
    { $hour: { date: '$d', timezone: newYork } },
    { d: date },
    '3',
  ],
  [
    '$minute, $second and $millisecond',
    [{ $minute: '$d' }, { $second: '$d' }, { $millisecond: '$d' }],
    { d: date },
    '[30, 15, 123]',
  ],
  ['$dayOfWeek of a Sunday', { $dayOfWeek: '$d' }, { d: date }, '1'],
  ['$dayOfYear', { $dayOfYear: '$d' }, { d: date }, '70'],
  ['$week', { $week: '$d' }, { d: date }, '10'],
  ['$isoWeek of a Sunday', { $isoWeek: '$d' }, { d: date }, '10'],
  [
    '$isoWeekYear at the turn of a year',
    { $isoWeekYear: '$d' },
    { d: new Date('2024-12-30T00:00:00Z') },
    '2025L',
  ],
  ['$isoDayOfWeek', { $isoDayOfWeek: '$d' }, { d: date }, '7'],
  ['$year of an id', { $year: '$d' }, { d: ObjectId.createFromTime(0) }, '1970'],
  ['$year of null', { $year: '$d' }, {}, 'null'],
  [
    '$tsSecond and $tsIncrement',
    [{ $tsSecond: '$t' }, { $tsIncrement: '$t' }],
    { t: new Timestamp({ t: 5, i: 6 }) },
    '[5L, 6L]',
  ],
]);

testExpressions('A date as text or parts', [
  [
    '$dateToString by default',
    { $dateToString: { date: '$d' } },
    { d: date },
    '"2024-03-10T07:30:15.123Z"',
  ],
  [
    '$dateToString by a format',
    { $dateToString: { date: '$d', format: '%Y/%m/%d %H:%M:%S:%L %j %u %V %G %U %w %%' } },
    { d: date },
    '"2024/03/10 07:30:15:123 070 7 10 2024 10 1 %"',
  ],
  [
    '$dateToString in a zone',
    { $dateToString: { date: '$d', format: '%H:%M %z %Z', timezone: newYork } },
    { d: date },
    '"03:30 -0400 -240"',
  ],
  ['$dateToString of null', { $dateToString: { date: '$x', onNull: 'none' } }, {}, '"none"'],
  [
    '$dateFromString of ISO text',
    { $dateFromString: { dateString: '2024-03-10T07:30:15.123Z' } },
    {},
    '2024-03-10T07:30:15.123Z',
  ],
  [
    '$dateFromString in a zone',
    { $dateFromString: { dateString: '2024-03-10 12:00:00', timezone: newYork } },
    {},
    '2024-03-10T16:00:00.000Z',
  ],
  [
    '$dateFromString by a format',
    { $dateFromString: { dateString: '10.03.2024 07:30', format: '%d.%m.%Y %H:%M' } },
    {},
    '2024-03-10T07:30:00.000Z',
  ],
  [
    '$dateFromString fails over',
    { $dateFromString: { dateString: 'soon', onError: null } },
    {},
    'null',
  ],
  [
    '$dateToParts',
    { $dateToParts: { date: '$d' } },
    { d: date },
    '{year: 2024, month: 3, day: 10, hour: 7, minute: 30, second: 15, millisecond: 123}',
  ],
  [
    '$dateToParts by week',
    { $dateToParts: { date: '$d', iso8601: true, timezone: berlin } },
    { d: date },
    '{isoWeekYear: 2024, isoWeek: 10, isoDayOfWeek: 7, hour: 8, minute: 30, second: 15, millisecond: 123}',
  ],
  [
    '$dateFromParts carries over',
    { $dateFromParts: { year: 2023, month: 14, day: 1, hour: 12 } },
    {},
    '2024-02-01T12:00:00.000Z',
  ],
  [
    '$dateFromParts by week in a zone',
    { $dateFromParts: { isoWeekYear: 2024, isoWeek: 10, isoDayOfWeek: 7, timezone: berlin } },
    {},
    '2024-03-09T23:00:00.000Z',
  ],
]);

testExpressions('Arithmetic of dates', [
  [
    '$dateAdd clamps a month',
    { $dateAdd: { startDate: new Date('2024-01-31T00:00:00Z'), unit: 'month', amount: 1 } },
    {},
    '2024-02-29T00:00:00.000Z',
  ],
  [
    '$dateAdd of a day keeps the clock',
    {
      $dateAdd: {
        startDate: new Date('2024-03-09T17:00:00Z'),
        unit: 'day',
        amount: 1,
        timezone: newYork,
      },
    },
    {},
    '2024-03-10T16:00:00.000Z',
  ],
  [
    '$dateSubtract',
    { $dateSubtract: { startDate: '$d', unit: 'hour', amount: 2 } },
    { d: date },
    '2024-03-10T05:30:15.123Z',
  ],
  [
    '$dateDiff counts boundaries',
    {
      $dateDiff: {
        startDate: new Date('2023-12-31T23:59:59Z'),
        endDate: new Date('2024-01-01T00:00:00Z'),
        unit: 'year',
      },
    },
    {},
    '1L',
  ],
  [
    '$dateDiff of days in a zone',
    {
      $dateDiff: {
        startDate: new Date('2024-03-10T04:59:00Z'),
        endDate: new Date('2024-03-10T05:01:00Z'),
        unit: 'day',
        timezone: newYork,
      },
    },
    {},
    '1L',
  ],
  [
    '$dateDiff of weeks from Monday',
    {
      $dateDiff: {
        startDate: date,
        endDate: new Date('2024-03-11T00:00:00Z'),
        unit: 'week',
        startOfWeek: 'monday',
      },
    },
    {},
    '1L',
  ],
  [
    '$dateDiff of hours over a change of clocks',
    {
      $dateDiff: {
        startDate: new Date('2024-03-10T06:00:00Z'),
        endDate: new Date('2024-03-10T08:00:00Z'),
        unit: 'hour',
        timezone: newYork,
      },
    },
    {},
    '2L',
  ],
  [
    '$dateTrunc to a month',
    { $dateTrunc: { date: '$d', unit: 'month' } },
    { d: date },
    '2024-03-01T00:00:00.000Z',
  ],
  [
    '$dateTrunc to a day in a zone',
    { $dateTrunc: { date: '$d', unit: 'day', timezone: newYork } },
    { d: date },
    '2024-03-10T05:00:00.000Z',
  ],
  [
    '$dateTrunc to a week',
    { $dateTrunc: { date: new Date('2024-03-13T12:00:00Z'), unit: 'week', startOfWeek: 'mon' } },
    {},
    '2024-03-11T00:00:00.000Z',
  ],
  [
    '$dateTrunc to quarters of an hour',
    { $dateTrunc: { date: new Date('2024-03-10T07:44:59Z'), unit: 'minute', binSize: 15 } },
    {},
    '2024-03-10T07:30:00.000Z',
  ],
]);

testFaults('A date operator', [
  [
    '$year gets a string',
    { $year: '$d' },
    { d: 'x' },
    16006,
    "can't convert from BSON type string to Date",
  ],
  [
    'the zone is unknown',
    { $year: { date: '$d', timezone: 'Nowhere/X' } },
    { d: date },
    40485,
    'unrecognized time zone identifier: "Nowhere/X"',
  ],
  [
    '$hour has an unknown option',
    { $hour: { date: '$d', x: 1 } },
    {},
    40535,
    'unrecognized option to $hour: "x"',
  ],
  [
    '$dateToString lacks its date',
    { $dateToString: { format: '%Y' } },
    {},
    18628,
    "Missing 'date' parameter to $dateToString",
  ],
  [
    '$dateToString has a bad format',
    { $dateToString: { date: '$d', format: '%Q' } },
    { d: date },
    18536,
    "Invalid format character '%Q' in format string",
  ],
  [
    '$dateToString ends with a percent',
    { $dateToString: { date: '$d', format: '%' } },
    { d: date },
    18535,
    "Unmatched '%' at end of format string",
  ],
  [
    '$dateFromParts mixes',
    { $dateFromParts: { year: 2024, isoWeek: 1 } },
    {},
    40489,
    '$dateFromParts does not allow mixing natural dates with ISO dates',
  ],
  [
    '$dateFromParts has no year',
    { $dateFromParts: { month: 1 } },
    {},
    40516,
    "$dateFromParts requires either 'year' or 'isoWeekYear' to be present",
  ],
  [
    '$dateAdd lacks a part',
    { $dateAdd: { startDate: '$d', unit: 'day' } },
    {},
    5166402,
    '$dateAdd requires startDate, unit, and amount to be present',
  ],
  [
    '$dateAdd has an unknown unit',
    { $dateAdd: { startDate: '$d', unit: 'eon', amount: 1 } },
    { d: date },
    9,
    'unknown time unit value: eon',
  ],
  [
    '$dateTrunc has an unknown unit',
    { $dateTrunc: { date: '$d', unit: 'eon' } },
    { d: date },
    5439014,
    "$dateTrunc parameter 'unit' value cannot be recognized as a time unit: eon",
  ],
  [
    '$dateFromString gets no date',
    { $dateFromString: { dateString: '$d' } },
    { d: 5 },
    241,
    "$dateFromString requires that 'dateString' be a string, found: int with value 5",
  ],
]);
