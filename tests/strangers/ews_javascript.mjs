/* An unmodified ews-javascript-api, driven line by line: each line on standard input is a JSON object
 * {operation, ...arguments}, each line on standard output its answer, {value} or {error: {code, message}}.
 *
 * The packages lie below the folder that the environment variable STRANGERS_PACKAGES names. What an answer refers to
 * later (an account, an item, a subscription) is kept here under a number.
 */

import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(join(process.env.STRANGERS_PACKAGES, "package.json"));
const ews = require("ews-javascript-api");
const { XhrApi } = require("@ewsjs/xhr");

// The library talks to itself on the console; standard output is for answers.
console.log = console.info = console.debug = console.error;

const CALENDAR = ews.WellKnownFolderName.Calendar;
const NOBODY_TOLD = ews.SendInvitationsMode.SendToNone;
const FIRST_CLASS = ews.PropertySet.FirstClassProperties;

const kept = [];
const keep = (thing) => kept.push(thing) - 1;

const at = (text) => ews.DateTime.Parse(text);
const iso = (time) => time?.ToISOString().replace(".000Z", "Z") ?? null;
const window = ({ start, end }) => new ews.TimeWindow(at(start), at(end));

/* What a property set did not bring throws on reading. */
const optional = (read) => {
  try {
    return read() ?? null;
  } catch {
    return null;
  }
};

const fields = {
  subject: (item, value) => { item.Subject = value; },
  body: (item, value) => { item.Body = new ews.MessageBody(ews.BodyType.Text, value); },
  start: (item, value) => { item.Start = at(value); },
  end: (item, value) => { item.End = at(value); },
  location: (item, value) => { item.Location = value; },
  allDay: (item, value) => { item.IsAllDayEvent = value; },
  showAs: (item, value) => { item.LegacyFreeBusyStatus = ews.LegacyFreeBusyStatus[value]; },
  sensitivity: (item, value) => { item.Sensitivity = ews.Sensitivity[value]; },
  categories: (item, value) => { item.Categories = new ews.StringList(value); },
  reminderMinutes: (item, value) => { item.IsReminderSet = true; item.ReminderMinutesBeforeStart = value; },
  required: (item, value) => { for (const address of value) item.RequiredAttendees.Add(address); },
  weekly: (item, { days, times, interval = 1 }) => {
    const pattern = new ews.Recurrence.WeeklyPattern(item.Start, interval, days.map((day) => ews.DayOfTheWeek[day]));
    pattern.NumberOfOccurrences = times;
    item.Recurrence = pattern;
  },
};

const fill = (item, given) => {
  for (const [name, value] of Object.entries(given)) fields[name](item, value);
};

const reference = (item) => ({ id: item.Id.UniqueId, key: item.Id.ChangeKey, kept: keep(item) });

const brief = (item) => ({
  ...reference(item),
  subject: item.Subject,
  start: iso(item.Start),
  end: iso(item.End),
  location: optional(() => item.Location),
  allDay: item.IsAllDayEvent,
  showAs: ews.LegacyFreeBusyStatus[item.LegacyFreeBusyStatus],
  sensitivity: optional(() => ews.Sensitivity[item.Sensitivity]),
  type: ews.AppointmentType[item.AppointmentType],
  cancelled: optional(() => item.IsCancelled),
  response: optional(() => ews.MeetingResponseType[item.MyResponseType]),
});

const people = (attendees) =>
  attendees.GetEnumerator().map((one) => [one.Address, ews.MeetingResponseType[one.ResponseType]]);

const full = (item) => ({
  ...brief(item),
  body: optional(() => item.Body.Text),
  categories: optional(() => item.Categories.GetEnumerator()) ?? [],
  uid: optional(() => item.ICalUid),
  organizer: optional(() => item.Organizer.Address),
  required: optional(() => people(item.RequiredAttendees)) ?? [],
  reminderMinutes: optional(() => (item.IsReminderSet ? item.ReminderMinutesBeforeStart : null)),
  pattern: optional(() => item.Recurrence.constructor.name),
  firstOccurrence: optional(() => iso(item.FirstOccurrence.Start)),
  lastOccurrence: optional(() => iso(item.LastOccurrence.Start)),
  modifiedOccurrences: optional(() => item.ModifiedOccurrences.GetEnumerator().map((one) => iso(one.OriginalStart))) ?? [],
  deletedOccurrences: optional(() => item.DeletedOccurrences.GetEnumerator().map((one) => iso(one.OriginalStart))) ?? [],
});

const change = (one) => ({
  change: ews.ChangeType[one.ChangeType],
  id: (one.ItemId ?? one.FolderId).UniqueId,
  name: optional(() => one.Item.Subject) ?? optional(() => one.Folder.DisplayName),
});

const changes = (found) => ({
  changes: found.GetEnumerator().map(change),
  state: found.SyncState,
  more: found.MoreChangesAvailable,
});

const availabilityOf = (row) => ({
  error: row.Result === ews.ServiceResult.Error ? ews.ServiceError[row.ErrorCode] : null,
  view: ews.FreeBusyViewType[row.ViewType],
  merged: row.MergedFreeBusyStatus.map((status) => ews.LegacyFreeBusyStatus[status]),
  events: row.CalendarEvents.map((event) => ({
    start: iso(event.StartTime),
    end: iso(event.EndTime),
    showAs: ews.LegacyFreeBusyStatus[event.FreeBusyStatus],
    subject: event.Details?.Subject ?? null,
    location: event.Details?.Location ?? null,
  })),
  workingDays: row.WorkingHours?.DaysOfTheWeek.map((day) => ews.DayOfTheWeek[day]) ?? [],
});

const operations = {
  connect({ url, user, password, scheme = "basic" }) {
    const service = new ews.ExchangeService(ews.ExchangeVersion.Exchange2013);
    service.Url = new ews.Uri(url);
    service.Credentials = new ews.WebCredentials(user, password);
    if (scheme === "ntlm") service.XHRApi = new XhrApi().useNtlmAuthentication(user, password);
    return keep(service);
  },

  async discover({ url, user, password, address }) {
    const service = new ews.AutodiscoverService(new ews.Uri(url), ews.ExchangeVersion.Exchange2013);
    service.Credentials = new ews.WebCredentials(user, password);
    const names = ["ExternalEwsUrl", "InternalEwsUrl", "UserDisplayName", "EwsSupportedSchemas"];
    const wanted = names.map((name) => ews.UserSettingName[name]);
    const found = await service.GetUserSettings([address], wanted);
    const { Settings: settings, ErrorCode: code } = found.__thisIndexer(0);
    const pairs = names.map((name) => [name, settings.get(ews.UserSettingName[name]) ?? null]);
    return { error: ews.AutodiscoverErrorCode[code], ...Object.fromEntries(pairs) };
  },

  async folder({ account, name }) {
    const folder = await ews.Folder.Bind(kept[account], ews.WellKnownFolderName[name]);
    return { name: folder.DisplayName, kind: folder.FolderClass, total: folder.TotalCount };
  },

  async folders({ account }) {
    const view = new ews.FolderView(100);
    view.Traversal = ews.FolderTraversal.Deep;
    const found = await kept[account].FindFolders(ews.WellKnownFolderName.MsgFolderRoot, view);
    return found.Folders.map((folder) => [folder.DisplayName, folder.FolderClass]);
  },

  async addContact({ account, given, surname, address, phone }) {
    const contact = new ews.Contact(kept[account]);
    contact.GivenName = given;
    contact.Surname = surname;
    contact.DisplayName = `${given} ${surname}`;
    contact.EmailAddresses._setItem(ews.EmailAddressKey.EmailAddress1, new ews.EmailAddress(address));
    contact.PhoneNumbers._setItem(ews.PhoneNumberKey.MobilePhone, phone);
    await contact.Save(ews.WellKnownFolderName.Contacts);
    return reference(contact);
  },

  async contacts({ account }) {
    const found = await kept[account].FindItems(ews.WellKnownFolderName.Contacts, new ews.ItemView(100));
    return found.Items.map((contact) => ({
      ...reference(contact),
      name: contact.DisplayName,
      address: contact.EmailAddresses._getItem(ews.EmailAddressKey.EmailAddress1).Address,
      phone: optional(() => contact.PhoneNumbers._getItem(ews.PhoneNumberKey.MobilePhone)),
    }));
  },

  async view({ account, start, end, most = 100, of = null }) {
    const view = new ews.CalendarView(at(start), at(end), most);
    const folder = new ews.FolderId(CALENDAR, of ? new ews.Mailbox(of) : undefined);
    const found = await kept[account].FindAppointments(folder, view);
    return { items: found.Items.map(brief), more: found.MoreAvailable };
  },

  async find({ account, subject, size, offset = 0 }) {
    const view = new ews.ItemView(size, offset);
    view.OrderBy.Add(ews.AppointmentSchema.Start, ews.SortDirection.Ascending);
    const filter = new ews.SearchFilter.ContainsSubstring(ews.ItemSchema.Subject, subject);
    const found = await kept[account].FindItems(CALENDAR, filter, view);
    return { subjects: found.Items.map((item) => item.Subject), total: found.TotalCount, more: found.MoreAvailable };
  },

  async create({ account, invite = false, ...given }) {
    const item = new ews.Appointment(kept[account]);
    fill(item, given);
    await item.Save(invite ? ews.SendInvitationsMode.SendToAllAndSaveCopy : NOBODY_TOLD);
    return reference(item);
  },

  async read({ account, id }) {
    return full(await ews.Appointment.Bind(kept[account], new ews.ItemId(id)));
  },

  async occurrence({ account, id, index }) {
    return full(await ews.Appointment.BindToOccurrence(kept[account], new ews.ItemId(id), index));
  },

  async master({ account, id }) {
    return full(await ews.Appointment.BindToRecurringMaster(kept[account], new ews.ItemId(id)));
  },

  async update({ item, overwrite = false, tell = false, ...given }) {
    fill(kept[item], given);
    const { AlwaysOverwrite, NeverOverwrite } = ews.ConflictResolutionMode;
    const { SendToAllAndSaveCopy, SendToNone } = ews.SendInvitationsOrCancellationsMode;
    await kept[item].Update(overwrite ? AlwaysOverwrite : NeverOverwrite, tell ? SendToAllAndSaveCopy : SendToNone);
    return reference(kept[item]);
  },

  async delete({ item, how = "HardDelete", tell = false }) {
    const { SendToAllAndSaveCopy, SendToNone } = ews.SendCancellationsMode;
    await kept[item].Delete(ews.DeleteMode[how], tell ? SendToAllAndSaveCopy : SendToNone);
    return null;
  },

  async respond({ item, how }) {
    const answers = {
      accept: (one) => one.Accept(true),
      tentative: (one) => one.AcceptTentatively(true),
      decline: (one) => one.Decline(true),
      cancel: (one) => one.CancelMeeting("Not this week"),
    };
    await answers[how](kept[item]);
    return null;
  },

  async availability({ account, addresses, data = "FreeBusy", view = "Detailed", minutes = 30, ...times }) {
    const options = new ews.AvailabilityOptions();
    options.RequestedFreeBusyView = ews.FreeBusyViewType[view];
    options.MergedFreeBusyInterval = minutes;
    const who = addresses.map((address) => new ews.AttendeeInfo(address));
    const found = await kept[account].GetUserAvailability(who, window(times), ews.AvailabilityData[data], options);
    const days = optional(() => found.Suggestions) ?? [];
    return {
      people: found.AttendeesAvailability.Responses.map(availabilityOf),
      suggestions: days.map((day) => ({
        day: iso(day.Date),
        quality: ews.SuggestionQuality[day.Quality],
        times: day.TimeSuggestions.map((one) => iso(one.MeetingTime)),
      })),
    };
  },

  async oof({ account, address }) {
    const found = await kept[account].GetUserOofSettings(address);
    return {
      state: ews.OofState[found.State],
      audience: ews.OofExternalAudience[found.ExternalAudience],
      start: iso(found.Duration.StartTime),
      end: iso(found.Duration.EndTime),
      internal: found.InternalReply.Message,
      external: found.ExternalReply.Message,
    };
  },

  async setOof({ account, address, state, audience, internal, external, ...times }) {
    const settings = new ews.OofSettings();
    settings.State = ews.OofState[state];
    settings.ExternalAudience = ews.OofExternalAudience[audience];
    settings.Duration = window(times);
    settings.InternalReply = new ews.OofReply(internal);
    settings.ExternalReply = new ews.OofReply(external);
    await kept[account].SetUserOofSettings(address, settings);
    return null;
  },

  async resolve({ account, name, scope = "DirectoryOnly", details = true }) {
    const found = await kept[account].ResolveName(name, ews.ResolveNameSearchLocation[scope], details);
    return found.GetEnumerator().map((one) => ({
      name: one.Mailbox.Name,
      address: one.Mailbox.Address,
      title: optional(() => one.Contact.JobTitle),
      company: optional(() => one.Contact.CompanyName),
      phone: optional(() => one.Contact.PhoneNumbers._getItem(ews.PhoneNumberKey.BusinessPhone)),
    }));
  },

  async syncItems({ account, state = null, most = 100 }) {
    const folder = new ews.FolderId(CALENDAR);
    const scope = ews.SyncFolderItemsScope.NormalItems;
    return changes(await kept[account].SyncFolderItems(folder, FIRST_CLASS, null, most, scope, state));
  },

  async syncFolders({ account, state = null }) {
    const root = new ews.FolderId(ews.WellKnownFolderName.MsgFolderRoot);
    return changes(await kept[account].SyncFolderHierarchy(root, FIRST_CLASS, state));
  },

  async subscribe({ account, minutes = 5 }) {
    const { Created, Modified, Deleted, Moved } = ews.EventType;
    const folders = [new ews.FolderId(CALENDAR)];
    const made = await kept[account].SubscribeToPullNotifications(folders, minutes, null, Created, Modified, Deleted, Moved);
    return { kept: keep(made), id: made.Id, watermark: made.Watermark };
  },

  async events({ subscription }) {
    const found = await kept[subscription].GetEvents();
    return {
      events: found.ItemEvents.map((event) => [ews.EventType[event.EventType], event.ItemId.UniqueId]),
      watermark: kept[subscription].Watermark,
    };
  },

  async unsubscribe({ subscription }) {
    await kept[subscription].Unsubscribe();
    return null;
  },
};

const answer = async ({ operation, ...given }) => {
  try {
    return { value: (await operations[operation](given)) ?? null };
  } catch (problem) {
    // A SOAP fault keeps its code as text, a row of an answer as a number.
    const code = problem.FaultCode?.split(":").pop() ?? ews.ServiceError[problem.ErrorCode] ?? null;
    return { error: { code, status: problem.HttpStatusCode ?? null, message: String(problem.stack ?? problem) } };
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
