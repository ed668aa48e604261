using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>
/// Replies in other languages than English. Exchange writes the text of its reports in the language of the server.
/// Accents are folded before the comparison.
/// </summary>
static class LanguageRules
{
    const string German = "German";
    const string French = "French";
    const string Spanish = "Spanish";
    const string Italian = "Italian";
    const string Portuguese = "Portuguese";
    const string Dutch = "Dutch";
    const string Polish = "Polish";
    const string Czech = "Czech, Slovenian, Croatian";
    const string Nordic = "Swedish, Danish, Norwegian";
    const string Russian = "Russian";
    const string Japanese = "Japanese";
    const string Chinese = "Chinese";

    public static Rule[] Rules { get; } =
    [
        // Senders first: their texts name an address too.
        new(SenderRejected, "sender-address",
            "[Absender|Absenderadresse|Absenders|Absenderdomain|Absenderdomäne] .. [ungültig|nicht zulässig|abgelehnt|"
            + "existiert nicht|unbekannt|nicht erlaubt|verweigert|nicht akzeptiert|stimmt nicht]",
            German, "550 Ihre Absenderadresse ist ungültig"),
        new(SenderRejected, "reverse-dns",
            "Rückwärtsauflösung",
            German, "550 Die Rückwärtsauflösung Ihrer Adresse schlägt fehl"),
        new(SenderRejected, "sender-address",
            "[expéditeur|adresse d'expédition|adresse de l'expéditeur] .. [invalide|refusé|refusée|inconnu|inconnue|inexistant|"
            + "n'existe pas|non autorisé|non valide|rejeté|interdit]",
            French, "550 Adresse de l'expéditeur invalide"),
        new(SenderRejected, "sender-address",
            "[remitente|dirección del remitente] .. [inválido|inválida|no válido|no válida|no es válido|no es válida|rechazado|rechazada|desconocido|"
            + "no existe|"
            + "no permitido|bloqueado|no autorizado]",
            Spanish, "550 La dirección del remitente no es válida"),
        new(SenderRejected, "sender-address",
            "[mittente|indirizzo del mittente] .. [non valido|rifiutato|sconosciuto|inesistente|non esiste|non consentito|"
            + "non autorizzato|bloccato|respinto]",
            Italian, "550 Indirizzo del mittente non valido"),
        new(SenderRejected, "sender-address",
            "[remetente|endereço do remetente] .. [inválido|rejeitado|recusado|desconhecido|não existe|não permitido|não autorizado|"
            + "bloqueado]",
            Portuguese, "550 O endereço do remetente foi rejeitado"),
        new(SenderRejected, "sender-address",
            "[отправитель|адрес отправителя] .. [отклонен|отклонён|не существует|неверный|запрещен|неизвестен]",
            Russian, "550 Адрес отправителя отклонён"),
        new(SenderRejected, "sender-address",
            "送信者アドレスが | 差出人アドレスが | 送信元アドレスが | 送信者が拒否",
            Japanese, "550 差出人アドレスが不正です"),
        new(SenderRejected, "sender-address",
            "发件人地址 | 发件人不存在 | 发件人被拒绝 | 发信人 | 寄件者地址 | 发件人与 | 发件人域名",
            Chinese, "550 发件人地址无效"),

        new(MailboxFull, null,
            "[Postfach|Mailbox|Posteingang|Postfachs|Speicher|Speicherplatz] .. [voll|ueberfuellt|überfüllt|erschöpft|überschritten|belegt] | "
            + "Speicherkontingent | Kontingent .. überschritten | Speicherlimit | Quote überschritten",
            German, "550 5.2.2 Das Postfach des Empfängers ist voll und kann derzeit keine Nachrichten empfangen."),
        new(MessageTooLarge, null,
            "[Nachricht|E-Mail|Anlage|Mail] .. [zu groß|zu gross|zu umfangreich|Größenbeschränkung|maximale Größe] | "
            + "Nachrichtengröße .. überschreitet | Größenbeschränkung .. überschritten | maximale Nachrichtengröße",
            German, "552 5.3.4 Die Nachricht ist zu groß für den Empfänger."),
        new(MailboxDisabled, null,
            "[Postfach|Mailbox|Konto|Benutzerkonto] .. [deaktiviert|gesperrt|inaktiv|stillgelegt|nicht mehr aktiv|abgeschaltet]",
            German, "550 Das Konto ist gesperrt"),
        new(InvalidRecipient, "unknown-user",
            "[Empfänger|Empfaenger|Benutzer|Adressat|Adresse|Postfach|E-Mail-Adresse|Empfängeradresse|Teilnehmer|Mailbox] .. "
            + "[unbekannt|nicht gefunden|existiert nicht|nicht vorhanden|ungültig|ungueltig|nicht bekannt|existiert hier nicht|nicht eindeutig|"
            + "konnte nicht gefunden] | "
            + "unbekannter .. [Empfänger|Benutzer|Nutzer|User] | kein .. [Postfach|Benutzer] .. mit diesem Namen | "
            + "möglicherweise nicht vorhanden | nicht im Domino-Verzeichnis | kein solcher Benutzer",
            German, "550 5.1.1 Der Empfänger ist unbekannt"),
        new(DnsFailure, null,
            "Domäne .. [existiert nicht|nicht gefunden|nicht vorhanden|ungültig] | Domain .. [existiert nicht|nicht gefunden|unbekannt] | "
            + "DNS-Abfrage fehlgeschlagen | DNS-Abfrage .. Fehler | Host unbekannt | unbekannter Host | Namensauflösung | Zieldomäne",
            German, "451 4.4.0 DNS-Abfrage fehlgeschlagen"),
        new(RelayDenied, null,
            "Relay .. [nicht erlaubt|verweigert|abgelehnt|nicht gestattet] | Weiterleitung .. nicht erlaubt | Relaying nicht | "
            + "nicht autorisiert .. senden | keine Berechtigung .. senden | Berechtigung zum Senden | Anmeldung erforderlich | "
            + "Authentifizierung .. [erforderlich|fehlgeschlagen]",
            German, "550 5.7.1 Relay verweigert"),
        new(NetworkFailure, null,
            "Verbindung .. [abgelehnt|verweigert|unterbrochen|abgebrochen|fehlgeschlagen|nicht hergestellt|getrennt|verloren] | "
            + "Zeitüberschreitung | keine Verbindung | Server .. [nicht erreichbar|antwortet nicht]",
            German, "450 4.4.1 Verbindung zum Server konnte nicht hergestellt werden: Zeitüberschreitung"),
        new(SpamContent, null, "Spamverdacht | unerwünschte Werbung | unerwünschte E-Mail", German, "550 5.7.1 Abgelehnt wegen Spamverdacht"),
        new(Blocklisted, null,
            "Ihre IP .. [gesperrt|blockiert] | IP-Adresse .. [gesperrt|blockiert] | auf einer .. [Sperrliste|Blockliste] | Sperrliste | "
            + "Blockliste",
            German, "554 Ihre IP-Adresse steht auf einer Sperrliste"),
        new(MessageExpired, null,
            "Nachricht .. abgelaufen | Zustellversuche .. eingestellt | konnte nicht innerhalb",
            German, "550 4.4.7 Die Nachricht ist abgelaufen."),
        new(PolicyRestriction, "delivery-restriction",
            "Richtlinie | Richtlinien | Empfänger .. [nimmt keine|lehnt|möchte keine|will keine] | nicht berechtigt .. [senden|"
            + "schreiben] | Annahme verweigert",
            German, "550 Abgelehnt aufgrund einer Richtlinie der Organisation"),
        new(RateLimited, "throttled",
            "zu viele .. [Nachrichten|Mails|Verbindungen|Empfänger|E-Mails|Zustellversuche] | zu schnell gesendet | Versandlimit",
            German, "450 Zu viele Verbindungen von Ihrer Adresse"),
        new(Greylisted, null,
            "in .. Minuten .. [erneut|noch einmal|nochmals|wieder] | erneut .. in .. Minuten",
            German, "451 Bitte versuchen Sie es in fünf Minuten noch einmal"),
        new(TlsFailure, "encryption-required",
            "Verschlüsselung .. [erforderlich|benötigt|vorgeschrieben] | unverschlüsselt* | TLS .. erforderlich",
            German, "554 Eine Verschlüsselung ist erforderlich"),
        new(MalwareContent, "virus",
            "Schadsoftware | Schadcode",
            German, "554 Die Nachricht enthält Schadsoftware"),
        new(MalwareContent, "attachment",
            "[Anhang|Anhänge|Dateityp|Anlage] .. [nicht erlaubt|gesperrt|verboten|blockiert|unzulässig]",
            German, "554 Der Anhang ist nicht erlaubt"),
        new(MailLoop, null,
            "Mailschleife | Endlosschleife | Mail-Schleife | Weiterleitungsschleife",
            German, "554 Mailschleife erkannt"),
        new(SystemError, "internal",
            "vorübergehend .. [nicht verfügbar|gestört|nicht möglich] | interner Fehler | interner Serverfehler | Serverfehler | "
            + "Dienst .. nicht verfügbar | Wartungsarbeiten | Server .. überlastet | vorübergehender Fehler | technische Störung",
            German, "451 Interner Fehler, der Dienst ist vorübergehend gestört"),

        new(MailboxFull, null,
            "[boîte|boite|messagerie|BAL|boîte aux lettres] .. [pleine|saturée|saturee] | quota .. [dépassé|depasse|atteint] | "
            + "quota .. dépassé | espace .. insuffisant | capacité .. dépassée | boite aux lettres pleine",
            French, "552 5.2.2 La boîte aux lettres du destinataire est pleine"),
        new(MessageTooLarge, null,
            "[message|courrier|taille|pièce jointe] .. [trop volumineux|trop grand|trop gros|trop grande|dépasse|excède|maximale] | "
            + "taille maximale",
            French, "552 5.3.4 Message trop volumineux, taille maximale dépassée"),
        new(MailboxDisabled, null,
            "[compte|boîte|boite|adresse] .. [désactivé|désactivée|suspendu|bloqué|bloquée|fermé|inactif|inactive|clôturé]",
            French, "550 5.2.1 Ce compte est désactivé"),
        new(InvalidRecipient, "unknown-user",
            "[utilisateur|destinataire|adresse|boîte|boite|adresse de messagerie|compte|adresse électronique] .. "
            + "[inconnu|inconnue|introuvable|inexistant|inexistante|n'existe pas|invalide|incorrecte|non trouvé|pas trouvé|erronée] | "
            + "[utilisateur|destinataire|adresse] .. inconnu* | destinataire inconnu",
            French, "550 Utilisateur inconnu"),
        new(DnsFailure, null,
            "domaine .. [inconnu|introuvable|n'existe pas|inexistant|invalide] | hôte inconnu | requête DNS | résolution DNS | échec DNS",
            French, "550 Le domaine contoso.example est introuvable"),
        new(RelayDenied, null,
            "relais .. [interdit|refusé|non autorisé|pas autorisé] | relayage | pas autorisé à .. relayer | "
            + "authentification .. [requise|nécessaire|échouée|échec] | n'êtes pas autorisé à envoyer",
            French, "550 5.7.1 Relais non autorisé"),
        new(NetworkFailure, null,
            "connexion .. [refusée|refusee|interrompue|perdue|expirée|impossible|échouée|coupée] | délai d'attente | délai .. dépassé | "
            + "serveur .. [injoignable|inaccessible|ne répond pas]",
            French, "421 4.4.1 Connexion impossible, délai d'attente dépassé"),
        new(Blocklisted, null,
            "liste noire | votre IP .. bloquée | adresse IP .. [bloquée|bloquee|blacklistée]",
            French, "554 Votre adresse est sur une liste noire"),
        new(SpamContent, null, "contenu indésirable | courrier indésirable | pourriel", French, "550 5.7.1 Message refusé, courrier indésirable"),
        new(PolicyRestriction, "delivery-restriction",
            "politique de sécurité | règle de sécurité | refusé par le destinataire | stratégie .. organisation | "
            + "destinataire .. [refuse|n'accepte pas|ne souhaite pas]",
            French, "550 Message refusé par le destinataire"),
        new(RateLimited, "throttled",
            "trop de .. [messages|connexions|destinataires|courriers|mails] | débit .. dépassé | limite d'envoi",
            French, "450 Trop de messages, veuillez ralentir"),
        new(Greylisted, null,
            "réessayer dans .. [minutes|secondes] | réessayez dans .. [minutes|secondes] | liste grise",
            French, "451 Veuillez réessayer dans 5 minutes"),
        new(TlsFailure, "encryption-required",
            "chiffrement .. [requis|obligatoire] | TLS .. obligatoire | connexion non chiffrée",
            French, "554 Le chiffrement est obligatoire"),
        new(MalwareContent, "virus",
            "logiciel malveillant | contenu malveillant",
            French, "554 Le message contient un logiciel malveillant"),
        new(MailLoop, null,
            "boucle de messagerie | boucle détectée | boucle de courrier",
            French, "554 Une boucle de messagerie a été détectée"),
        new(MessageExpired, null,
            "délai de livraison .. expiré | message .. expiré | n'a pas pu être remis .. [jours|heures]",
            French, "550 4.4.7 Le message a expiré"),
        new(SystemError, "internal",
            "erreur interne | service .. [indisponible|temporairement] | erreur temporaire | serveur .. [surchargé|en maintenance] | "
            + "problème technique | temporairement indisponible",
            French, "451 Erreur interne du serveur"),

        new(MailboxFull, null,
            "[buzón|casilla|cuenta] .. [lleno|llena|excedido|sin espacio|superado] | cuota .. [excedida|superada] | cuota excedida | "
            + "espacio insuficiente | límite de almacenamiento",
            Spanish, "550 5.2.2 El buzón del destinatario está lleno"),
        new(MessageTooLarge, null,
            "mensaje .. [demasiado grande|excede|supera|tamaño máximo] | tamaño .. [excede|supera|máximo] | demasiado grande",
            Spanish, "552 5.3.4 El mensaje es demasiado grande"),
        new(MailboxDisabled, null,
            "[cuenta|buzón|usuario|casilla] .. [deshabilitado|deshabilitada|suspendida|suspendido|inactiva|inactivo|bloqueada|bloqueado|"
            + "desactivada|desactivado]",
            Spanish, "550 La cuenta está deshabilitada"),
        new(InvalidRecipient, "unknown-user",
            "[usuario|destinatario|dirección|buzón|cuenta|casilla|correo] .. "
            + "[desconocido|desconocida|no existe|no encontrado|no encontrada|inexistente|inválido|inválida|no válida|no válido|no se encuentra|"
            + "no pudo encontrarse] | "
            + "no existe .. [el|la|este|esta] | no se encontró",
            Spanish, "550 Usuario desconocido"),
        new(DnsFailure, null,
            "dominio .. [no existe|no encontrado|desconocido|inexistente|inválido] | consulta DNS | error de DNS | servidor desconocido",
            Spanish, "550 El dominio contoso.example no existe"),
        new(RelayDenied, null,
            "retransmisión .. [denegada|no permitida] | relay .. [denegado|no permitido|no autorizado] | "
            + "no autorizado .. [retransmitir|enviar] | autenticación requerida | se requiere autenticación | error de autenticación",
            Spanish, "550 5.7.1 Relay denegado, no autorizado para enviar"),
        new(NetworkFailure, null,
            "conexión .. [rechazada|perdida|agotado|interrumpida|cerrada|fallida|imposible] | tiempo de espera | no se pudo conectar | "
            + "no se puede conectar | servidor .. no responde",
            Spanish, "421 No se pudo conectar: tiempo de espera agotado"),
        new(Blocklisted, null, "lista negra | listas negras | su IP .. bloqueada", Spanish, "554 Su IP está en una lista negra"),
        new(SpamContent, null, "correo no deseado | correo basura", Spanish, "550 Mensaje rechazado: correo no deseado"),
        new(PolicyRestriction, "delivery-restriction",
            "política de seguridad | políticas de seguridad | rechazado por política* | destinatario .. [no acepta|rechaza|"
            + "no desea] | directiva .. organización",
            Spanish, "550 Mensaje rechazado por política de seguridad"),
        new(RateLimited, "throttled",
            "demasiados .. [mensajes|correos|destinatarios|intentos] | demasiadas conexiones | límite de envío | límite de mensajes",
            Spanish, "450 Demasiadas conexiones desde su IP"),
        new(Greylisted, null,
            "lista gris | listas grises | inténtelo .. en .. minutos | intente .. en .. minutos",
            Spanish, "451 Lista gris, vuelva a intentarlo más tarde"),
        new(TlsFailure, "encryption-required",
            "cifrado .. [requerido|obligatorio] | requiere TLS | se requiere cifrado",
            Spanish, "554 El servidor requiere TLS, cifrado obligatorio"),
        new(MalwareContent, "virus",
            "software malicioso | contenido malicioso",
            Spanish, "554 El mensaje contiene software malicioso"),
        new(MailLoop, null,
            "bucle de correo | bucle detectado",
            Spanish, "554 Se ha detectado un bucle de correo"),
        new(MessageExpired, null,
            "mensaje .. [expirado|caducado|expiró|caducó] | tiempo de entrega .. agotado",
            Spanish, "550 4.4.7 El mensaje ha caducado"),
        new(SystemError, "internal",
            "error interno | servicio .. no disponible | temporalmente no disponible | error temporal | servidor .. [ocupado|"
            + "saturado|en mantenimiento]",
            Spanish, "451 Error interno del servidor"),

        new(MailboxFull, null,
            "[casella|mailbox|casella di posta] .. [piena|esaurito|superata] | quota superata | quota .. [superata|esaurita] | "
            + "spazio .. [esaurito|insufficiente] | casella piena",
            Italian, "552 5.2.2 La casella del destinatario è piena"),
        new(MessageTooLarge, null,
            "messaggio .. [troppo grande|supera|eccede] | dimensione .. [massima|supera|eccede] | dimensioni .. [massime|superano] | "
            + "troppo grande",
            Italian, "552 5.3.4 Il messaggio è troppo grande"),
        new(MailboxDisabled, null,
            "[account|casella|utente|indirizzo] .. [disabilitato|disabilitata|disattivato|disattivata|sospeso|sospesa|bloccato|bloccata|inattivo|"
            + "inattiva|scaduto|scaduta]",
            Italian, "550 La casella è disabilitata"),
        new(InvalidRecipient, "unknown-user",
            "[utente|destinatario|indirizzo|casella|account] .. "
            + "[sconosciuto|sconosciuta|inesistente|non trovato|non trovata|non esiste|non valido|non valida|errato|non presente]",
            Italian, "550 5.1.1 Utente sconosciuto"),
        new(DnsFailure, null,
            "dominio .. [inesistente|non esiste|sconosciuto|non trovato|non valido] | query DNS | errore DNS | host sconosciuto",
            Italian, "550 Dominio inesistente"),
        new(RelayDenied, null,
            "relay .. [negato|non consentito|non permesso|non autorizzato] | inoltro .. [non consentito|negato] | "
            + "autenticazione richiesta | autenticazione .. fallita | non autorizzato .. inviare",
            Italian, "550 5.7.1 Relay non consentito"),
        new(NetworkFailure, null,
            "connessione .. [rifiutata|interrotta|persa|scaduta|fallita|impossibile] | tempo scaduto | timeout della connessione | "
            + "impossibile connettersi | server .. non risponde",
            Italian, "421 Impossibile connettersi al server: connessione rifiutata"),
        new(Blocklisted, null, "lista nera | IP .. in blacklist | indirizzo IP .. bloccato", Italian, "554 Il vostro server è in una lista nera"),
        new(SpamContent, null, "posta indesiderata", Italian, "550 Messaggio rifiutato: posta indesiderata"),
        new(PolicyRestriction, "delivery-restriction",
            "criteri di sicurezza | politica di sicurezza | rifiutato dal destinatario | destinatario .. [non accetta|rifiuta|"
            + "non desidera]",
            Italian, "550 Messaggio rifiutato dal destinatario"),
        new(RateLimited, "throttled",
            "troppi .. [messaggi|destinatari|tentativi] | troppe connessioni | limite di invio",
            Italian, "450 Troppe connessioni dal vostro indirizzo"),
        new(Greylisted, null,
            "riprovare tra .. [minuti|secondi] | riprova tra .. [minuti|secondi]",
            Italian, "451 Si prega di riprovare tra 5 minuti"),
        new(MalwareContent, "virus",
            "contenuto dannoso | software dannoso",
            Italian, "554 Il messaggio ha un contenuto dannoso"),
        new(MessageExpired, null,
            "messaggio .. scaduto | tempo di consegna .. scaduto",
            Italian, "550 4.4.7 Il messaggio è scaduto"),
        new(SystemError, "internal",
            "errore interno | servizio .. non disponibile | temporaneamente non disponibile | errore temporaneo | "
            + "server .. [occupato|sovraccarico]",
            Italian, "451 Errore interno del server"),

        new(MailboxFull, null,
            "[caixa|caixa postal|caixa de correio|caixa de entrada] .. [cheia|lotada|excedida|excedeu] | cota .. [excedida|esgotada] | "
            + "cota excedida | quota excedida | espaço .. [esgotado|insuficiente] | sem espaço",
            Portuguese, "552 5.2.2 A caixa postal do destinatário está cheia"),
        new(MessageTooLarge, null,
            "mensagem .. [muito grande|grande demais|excede|ultrapassa|demasiado grande] | tamanho .. [excede|máximo|excedido] | "
            + "muito grande",
            Portuguese, "552 5.3.4 A mensagem é muito grande"),
        new(MailboxDisabled, null,
            "[conta|caixa postal|usuário|utilizador] .. [desabilitada|desativada|suspensa|bloqueada|inativa|desabilitado|suspenso|inativo|bloqueado|"
            + "cancelada]",
            Portuguese, "550 A conta foi desativada"),
        new(InvalidRecipient, "unknown-user",
            "[usuário|usuario|utilizador|destinatário|endereço|caixa postal|conta] .. "
            + "[desconhecido|desconhecida|não existe|nao existe|inexistente|não encontrado|nao encontrado|não encontrada|inválido|inválida|"
            + "não localizado]",
            Portuguese, "550 Usuário desconhecido"),
        new(DnsFailure, null,
            "domínio .. [não existe|inexistente|desconhecido|não encontrado] | falha .. DNS | erro de DNS | consulta de DNS",
            Portuguese, "550 O domínio contoso.example não existe"),
        new(RelayDenied, null,
            "relay .. [negado|não permitido|não autorizado] | retransmissão .. negada | "
            + "autenticação .. [necessária|obrigatória|requerida|falhou] | não autorizado a enviar | não tem permissão .. enviar",
            Portuguese, "550 5.7.1 Relay não permitido"),
        new(NetworkFailure, null,
            "conexão .. [recusada|perdida|expirou|encerrada|falhou] | ligação .. [recusada|perdida|expirou] | tempo limite | "
            + "tempo esgotado | não foi possível conectar | servidor .. não responde",
            Portuguese, "421 Não foi possível conectar, conexão recusada"),
        new(SpamContent, null, "lixo eletrônico | e-mail indesejado | mensagem indesejada", Portuguese, "550 Mensagem recusada: lixo eletrônico"),
        new(Blocklisted, null,
            "lista de bloqueio | listas de bloqueio | seu IP .. [bloqueado|listado] | IP .. bloqueado",
            Portuguese, "554 Seu IP está em uma lista de bloqueio"),
        new(PolicyRestriction, "delivery-restriction",
            "política de segurança | políticas de segurança | rejeitada por política* | destinatário .. [não aceita|recusa|"
            + "não deseja]",
            Portuguese, "550 Mensagem rejeitada por política da organização"),
        new(RateLimited, "throttled",
            "muitas conexões | muitas mensagens | muitos destinatários | limite de mensagens",
            Portuguese, "450 Muitas conexões do seu servidor"),
        new(Greylisted, null,
            "tente novamente em .. [minutos|segundos] | lista cinza",
            Portuguese, "451 Tente novamente em 5 minutos"),
        new(MalwareContent, "virus",
            "conteúdo malicioso",
            Portuguese, "554 A mensagem tem conteúdo malicioso"),
        new(MessageExpired, null,
            "mensagem .. expirou | mensagem .. expirada",
            Portuguese, "550 4.4.7 A mensagem expirou"),
        new(SystemError, "internal",
            "erro interno | serviço .. indisponível | temporariamente indisponível | erro temporário | servidor .. [ocupado|"
            + "sobrecarregado]",
            Portuguese, "451 Erro interno do servidor"),

        new(MailboxFull, null,
            "[postvak|mailbox|postbus|postvak in] .. [vol|limiet|overschreden] | quotum .. [overschreden|bereikt] | quotum overschreden | "
            + "opslagruimte | opslaglimiet",
            Dutch, "552 5.2.2 Het postvak van de ontvanger is vol"),
        new(MessageTooLarge, null,
            "bericht .. [te groot|maximale grootte|te lang] | maximale berichtgrootte | te groot",
            Dutch, "552 5.3.4 Het bericht is te groot"),
        new(InvalidRecipient, "unknown-user",
            "[gebruiker|ontvanger|adres|geadresseerde|e-mailadres|postvak] .. [onbekend|bestaat niet|niet gevonden|ongeldig|niet bekend] | "
            + "onbekende .. [gebruiker|ontvanger]",
            Dutch, "550 5.1.1 Ontvanger onbekend"),
        new(MailboxDisabled, null,
            "[account|postvak|gebruiker] .. [uitgeschakeld|geblokkeerd|opgeheven|niet actief]",
            Dutch, "550 Het postvak is uitgeschakeld"),
        new(DnsFailure, null,
            "domein .. [bestaat niet|niet gevonden|onbekend|ongeldig] | DNS-query .. mislukt | onbekende host | DNS-fout",
            Dutch, "550 Het domein contoso.example bestaat niet"),
        new(RelayDenied, null,
            "relay .. [niet toegestaan|geweigerd] | doorsturen .. niet toegestaan | verificatie vereist | niet gemachtigd | "
            + "authenticatie .. [vereist|mislukt]",
            Dutch, "550 5.7.1 Relay niet toegestaan"),
        new(NetworkFailure, null,
            "verbinding .. [geweigerd|verbroken|mislukt|verloren|time-out] | kan geen verbinding | geen verbinding | "
            + "time-out opgetreden | server .. [niet bereikbaar|reageert niet]",
            Dutch, "421 Kan geen verbinding maken met de server"),

        new(MailboxFull, null,
            "[skrzynka|skrzynki|konto|skrzynce] .. [pełna|przepełniona|przepełnione|przekroczona|przekroczono] | "
            + "przekroczon* .. [limit*|pojemnoś*|quot*] | brak miejsca",
            Polish, "552 5.2.2 Skrzynka odbiorcy jest pełna"),
        new(MessageTooLarge, null,
            "[wiadomość|wiadomości] .. [zbyt duża|za duża|zbyt duży|rozmiar] | rozmiar .. przekracza | zbyt duża wiadomość",
            Polish, "552 5.3.4 Wiadomość jest zbyt duża"),
        new(MailboxDisabled, null,
            "konto .. [zablokowane|nieaktywne|zawieszone|wyłączone|niedostępne] | skrzynka .. [zablokowana|nieaktywna]",
            Polish, "550 Podane konto jest zablokowane administracyjnie"),
        new(DnsFailure, null,
            "domena .. [nie istnieje|nieznana|nie znaleziono] | zapytanie DNS | błąd DNS",
            Polish, "550 Domena contoso.example nie istnieje"),
        new(InvalidRecipient, "unknown-user",
            "nie ma takiego .. [konta|użytkownika|adresu] | nie ma takiego | "
            + "[użytkownik|adres|odbiorca|konto|adresat|skrzynka] .. [nieznany|nie istnieje|nie znaleziono|nieprawidłowy|nieznana|nie został znaleziony] | "
            + "nieznany .. [użytkownik|odbiorca|adresat] | nie istnieje",
            Polish, "550 5.1.1 Nie ma takiego konta"),
        new(RelayDenied, null,
            "relay .. [zabroniony|niedozwolony] | przekazywanie .. [zabronione|niedozwolone] | wymagane uwierzytelnienie | "
            + "wymagana autoryzacja | brak uprawnień",
            Polish, "550 5.7.1 Wymagana autoryzacja"),
        new(NetworkFailure, null,
            "połączenie .. [odrzucone|zerwane|przerwane|utracone] | połączenia .. [limit czasu|przekroczono] | nie można .. połącz* | "
            + "nie można nawiązać | limit czasu",
            Polish, "421 Nie można nawiązać połączenia z serwerem"),

        new(InvalidRecipient, "unknown-user",
            "[naslov|uporabnik|predal] .. ne obstaja | nepravilno nastavljen predal | neznámý .. [uživatel|příjemce] | "
            + "[uživatel|adresa|schránka|příjemce] .. [neexistuje|neznámý|nenalezen|neznámá] | [korisnik|adresa] .. ne postoji",
            Czech, "550 Elektronski naslov ne obstaja"),
        new(MailboxFull, null, "schránka .. plná | predal .. poln | překročena kvóta", Czech, "552 Schránka příjemce je plná"),
        new(InvalidRecipient, "unknown-user",
            "okänd .. [mottagare|användare] | "
            + "[mottagare*|användare*|adressen|bruger*|modtager*|mottaker*|bruker*|adresse*] .. "
            + "[okänd|finns inte|hittades inte|findes ikke|ukendt|finnes ikke|ukjent]",
            Nordic, "550 5.1.1 Mottagaren finns inte"),
        new(MailboxFull, null,
            "[brevlåda*|postlåda*|postkasse*|postkassen|inkorgen] .. [full|fyldt|fuld]",
            Nordic, "552 Mottagarens brevlåda är full"),
        new(InvalidRecipient, "unknown-user",
            "[пользователь|адрес|ящик|получатель|адресат] .. [не найден|не существует|неизвестен|неверный|отсутствует] | "
            + "неизвестный .. [получатель|пользователь]",
            Russian, "550 Пользователь не найден"),
        new(MailboxFull, null,
            "[ящик|ящика] .. [переполнен|заполнен] | квота .. превышена | превышена квота",
            Russian, "552 Почтовый ящик переполнен"),
        new(SpamContent, null, "[письмо|сообщение] .. [спам|спамом] | похоже на спам", Russian, "554 Сообщение похоже на спам"),
        new(MessageTooLarge, null,
            "[письмо|сообщение|размер] .. [слишком большое|слишком велик|превышает|превышен]",
            Russian, "552 Размер письма превышает допустимый"),
        new(MailboxDisabled, null,
            "[ящик|аккаунт|учетная запись|учётная запись|пользователь] .. [заблокирован|заблокирована|отключен|отключён|отключена|"
            + "удален|удалён|неактивен|приостановлен]",
            Russian, "550 Почтовый ящик заблокирован"),
        new(DnsFailure, null,
            "домен .. [не существует|не найден|неизвестен] | ошибка DNS",
            Russian, "550 Домен не существует"),
        new(RelayDenied, null,
            "пересылка запрещена | релей запрещен | требуется авторизация | требуется аутентификация | ошибка авторизации",
            Russian, "550 Требуется авторизация"),
        new(Blocklisted, null,
            "черном списке | чёрном списке | черный список | IP .. заблокирован",
            Russian, "554 Ваш IP в черном списке"),
        new(PolicyRestriction, "delivery-restriction",
            "запрещено политикой | политика безопасности | отклонено политикой | получатель .. [не принимает|отказался]",
            Russian, "550 Отклонено политикой безопасности: запрещено политикой"),
        new(RateLimited, "throttled",
            "слишком много .. [сообщений|писем|соединений|получателей] | превышен лимит",
            Russian, "450 Слишком много соединений"),
        new(Greylisted, null,
            "попробуйте через .. [минут*|секунд*] | повторите через .. [минут*|секунд*]",
            Russian, "451 Повторите через 5 минут"),
        new(NetworkFailure, null,
            "соединение .. [разорвано|отклонено|прервано|закрыто] | время ожидания истекло | превышено время ожидания",
            Russian, "421 Соединение разорвано"),
        new(SystemError, "internal",
            "внутренняя ошибка | временно недоступен* | временная ошибка | ошибка сервера",
            Russian, "451 Внутренняя ошибка сервера"),

        new(MailboxFull, null, "容量を超え | 容量超過 | がいっぱい | 容量が不足 | クォータを超え | 空き容量 | クォータ超過", Japanese, "552 5.2.2 受信者のメールボックスがいっぱいです"),
        new(MessageTooLarge, null, "サイズが大きすぎ | サイズ制限 | サイズの上限 | サイズが制限 | 大きすぎる | 大きすぎます | 最大サイズ", Japanese, "552 5.3.4 メッセージが大きすぎます"),
        new(MailboxDisabled, null, "無効になって | 停止されて | 利用停止 | 無効化され | 利用が停止", Japanese, "550 このアカウントは利用停止になっています"),
        new(DnsFailure, null,
            "ドメイン .. [存在しません|見つかりません|見つからない] | ドメインが存在しません | ドメインが見つかりません | DNS クエリ | DNS クエリに失敗 | 名前解決",
            Japanese, "550 ドメインが見つかりません"),
        new(InvalidRecipient, "unknown-user",
            "宛先不明 | 存在しません | 見つかりませんでした | 見つかりません | 存在しない | ユーザー不明 | ユーザーが不明 | 宛先が不明 | 宛先が不正 | 無効なアドレス | 不明なユーザー | グループが存在しない",
            Japanese, "550 5.1.1 宛先のメールアドレスが存在しません"),
        new(RelayDenied, null, "中継は許可されて | 中継を許可 | 中継できません | リレーが拒否 | リレーは許可 | 認証が必要 | 認証に失敗 | 中継が拒否", Japanese, "550 5.7.1 中継は許可されていません"),
        new(NetworkFailure, null, "接続できません | 接続が拒否 | タイムアウト | 接続に失敗 | 応答がありません | 接続が切断 | 接続できませんでした", Japanese, "421 サーバーに接続できません (タイムアウト)"),
        new(SpamContent, null, "迷惑メール | スパム", Japanese, "550 迷惑メールと判定されました"),
        new(Blocklisted, null,
            "ブラックリスト | ブロックリスト | IPアドレスが拒否 | IPアドレスがブロック",
            Japanese, "554 IPアドレスがブラックリストに登録されています"),
        new(PolicyRestriction, "delivery-restriction",
            "ポリシーにより | 受信拒否 | 受信を拒否 | 受信者が拒否",
            Japanese, "550 ポリシーにより受信を拒否しました"),
        new(RateLimited, "throttled",
            "接続数が多 | 送信数の上限 | 送信制限 | 宛先が多すぎ",
            Japanese, "450 送信数の上限に達しました"),
        new(MalwareContent, "virus",
            "ウイルスが検出 | ウイルスを検出 | ウイルスに感染",
            Japanese, "554 ウイルスが検出されました"),
        new(MessageExpired, null,
            "配信期限 | 有効期限が切れ | 再送期限",
            Japanese, "550 4.4.7 配信期限を過ぎました"),
        new(SystemError, "internal",
            "内部エラー | 一時的に利用でき | 一時的なエラー | サーバエラー | サーバーエラー | メンテナンス中",
            Japanese, "451 内部エラーが発生しました"),

        new(MailboxFull, null, "邮箱已满 | 空间不足 | 邮箱满 | 超出配额 | 超过配额 | 容量已满 | 信箱已滿 | 空間不足 | 郵箱已滿 | 配額已滿 | 容量不足 | 已满", Chinese, "552 收件人邮箱已满"),
        new(MessageTooLarge, null, "邮件过大 | 邮件太大 | 超过大小限制 | 大小超过 | 信件過大 | 郵件太大 | 超过最大 | 附件过大 | 附件太大 | 超出大小 | 邮件大小", Chinese, "552 邮件过大,超过大小限制"),
        new(MailboxDisabled, null, "帐户被禁用 | 账户被禁用 | 已停用 | 已禁用 | 已被禁用 | 帐号已停用 | 账号已停用 | 被锁定 | 已注销 | 已冻结 | 被冻结 | 帳號已停用", Chinese, "550 该账户已停用"),
        new(DnsFailure, null, "域名不存在 | 域不存在 | 无法解析 | 解析失败 | 查询失败 | 找不到域 | 網域不存在 | 域名解析", Chinese, "550 域名不存在"),
        new(InvalidRecipient, "unknown-user",
            "用户不存在 | 收件人不存在 | 地址不存在 | 邮箱不存在 | 找不到收件人 | 无此用户 | 无效的收件人 | 无效地址 | 使用者不存在 | 查無此人 | 收件者不存在 | 不存在 | 未找到收件人 | 无效收件人 | 找不到用户 | "
            + "群組可能不存在",
            Chinese, "550 5.1.1 收件人不存在"),
        new(RelayDenied, null,
            "拒绝中继 | 不允许中继 | 拒绝转发 | 需要身份验证 | 认证失败 | 需要认证 | 验证失败 | 不允許轉寄 | 身份验证失败 | 需要驗證 | 未通过身份验证 | 无法中继",
            Chinese, "550 5.7.1 拒绝中继"),
        new(NetworkFailure, null, "连接超时 | 无法连接 | 连接被拒绝 | 连接失败 | 连接中断 | 超时 | 無法連線 | 連線逾時 | 連線失敗 | 连接断开", Chinese, "421 无法连接到服务器"),
        new(SpamContent, null, "垃圾邮件 | 垃圾郵件", Chinese, "550 被判定为垃圾邮件"),
        new(Blocklisted, null,
            "黑名单 | 黑名單 | IP被拒绝 | IP被封 | 封锁名单",
            Chinese, "554 您的IP在黑名单中"),
        new(SenderAuthFailure, "spf",
            "SPF检查 | SPF校验 | SPF验证",
            Chinese, "550 SPF检查未通过"),
        new(PolicyRestriction, "delivery-restriction",
            "策略限制 | 安全策略 | 收件人拒收 | 拒收 | 被策略拒绝 | 原則拒絕",
            Chinese, "550 因安全策略被拒收"),
        new(RateLimited, "throttled",
            "发送频率 | 频率过高 | 过于频繁 | 连接数过多 | 并发连接 | 发信数量 | 发送数量 | 发送次数",
            Chinese, "450 发送频率过高,请稍后再试"),
        new(Greylisted, null,
            "灰名单 | 灰名單",
            Chinese, "451 灰名单,请稍后重试"),
        new(MalwareContent, "virus",
            "含有病毒 | 包含病毒 | 发现病毒 | 病毒邮件",
            Chinese, "554 邮件含有病毒"),
        new(MessageExpired, null,
            "邮件过期 | 投递超时 | 邮件已过期",
            Chinese, "550 4.4.7 邮件已过期"),
        new(SystemError, "internal",
            "系统错误 | 内部错误 | 系统繁忙 | 服务不可用 | 暂时不可用 | 服务器忙 | 系統忙碌",
            Chinese, "451 系统繁忙,请稍后再试"),
    ];
}
