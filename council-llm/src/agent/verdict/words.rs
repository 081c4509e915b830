//! The words of verdicts: English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian, Chinese, Japanese, Korean, Arabic.
//!
//! Case and accents make no difference. Of the phrases that begin at a word the longest counts.

use super::meaning::Meaning::{
    self, Approve, As, Asked, Boxed, Condition, Denied, Deserved, Elsewhere, Feedback, Filler, Final, For, Fraction,
    Give, Half, I, IGive, Is, Most, Not, Number, OrMore, OutOf, Percent, Point, Range, Rework, Said, Score, Solid,
    Stars, That, Then, TooHigh, Unit, Unreal, Verdict, Withdrawn, Would,
};

pub(super) const WORDS: &[(Meaning, &str)] = &[
    (Asked, "score|revised score|new score"),
    (Score, "rating|grade|mark|scoring|assessment|mine|revised rating"),
    (Score, "note|bewertung|punktzahl|wertung|benotung|notation|appréciation|évaluation"),
    (Score, "puntuación|calificación|nota|valoración|puntaje|evaluación"),
    (Score, "punteggio|voto|valutazione|pontuação|avaliação|classificação"),
    (Score, "cijfer|beoordeling|waardering|ocena|wynik|punktacja|оценка|балл|рейтинг"),
    (Score, "评分|分数|得分|打分|評分|分數|スコア|評価|点数|採点|得点|점수|평점|평가|스코어"),
    (Score, "درجة|الدرجة|النتيجة|التقييم|تقييم|العلامة|النقاط"),
    (Final, "final|overall|total|aggregate|combined|grand total|in total|in all|composite|in sum"),
    (
        Final,
        "correction|corrected|adjusted|edit|korrektur|korrigiert|corrigé|corrección|corregido|correzione|correção|correctie|korekta|поправка|更正|訂正|정정|تصحيح",
    ),
    (
        Final,
        "gesamt|insgesamt|gesamtnote|gesamtbewertung|gesamtpunktzahl|gesamtwertung|gesamturteil|endnote|endgültige|abschließende|summe",
    ),
    (Final, "finale|globale|totale|générale|définitive|note finale|note globale|au total"),
    (
        Final,
        "global|general|definitiva|complessivo|complessiva|finale|geral|totaal|eind|eindcijfer|eindscore|totaalscore|eindoordeel|algemeen",
    ),
    (Final, "łącznie|suma|końcowa|końcowy|ogólna|ogólny|razem|итог|итого|итоговая|итоговый|общая|общий|всего"),
    (Final, "总分|总评|总体|最终|總分|最終|综合|綜合|総合|合計|总计|총점|종합|최종|총|전체|총합"),
    (Final, "الإجمالي|الإجمالية|المجموع|النهائية|النهائي|الكلية|إجمالي"),
    (Verdict, "verdict|decision|recommendation|outcome|urteil|entscheidung|empfehlung|décision|recommandation"),
    (
        Verdict,
        "veredicto|decisión|dictamen|verdetto|decisione|giudizio|veredito|decisão|oordeel|besluit|werdykt|decyzja",
    ),
    (Verdict, "вердикт|решение|结论|裁定|判定|决定|評決|決定|판정|결정|الحكم|القرار|حكم"),
    (
        Feedback,
        "feedback|comments|rückmeldung|kommentar|commentaires|retour|comentarios|retroalimentación|commenti|riscontro",
    ),
    (Feedback, "comentários|opmerkingen|terugkoppeling|uwagi|informacja zwrotna|обратная связь|отзыв|замечания"),
    (Feedback, "反馈|意见|反饋|フィードバック|指摘|피드백|의견|التعليقات|الملاحظات|ملاحظات"),
    (Approve, "approve|approved|approves|accept|accepted|pass|passed|passes|publish|ready|recommend"),
    (
        Approve,
        "freigeben|freigegeben|freigabe|annehmen|angenommen|genehmigt|approuver|approuvé|approuvée|accepter|accepté|valider|validé",
    ),
    (
        Approve,
        "aprobar|aprobado|aceptar|aprobada|approvare|approvato|approvata|accettato|aprovar|aprovado|aprovada|goedkeuren|goedgekeurd",
    ),
    (
        Approve,
        "zatwierdź|zatwierdzone|akceptuję|zaakceptowano|одобрить|одобрено|принять|принято|通过|批准|承認|合格|승인|통과|موافقة|مقبول|قبول",
    ),
    (
        Rework,
        "rework|revise|revised|revision|revisions|reject|rejected|rejects|rewrite|redo|reworked|rewritten|below the threshold|below threshold|insufficient|unacceptable|fail|fails|failed|resubmit|decline|declined|needs work|send back",
    ),
    (
        Rework,
        "überarbeiten|ueberarbeiten|überarbeitung|überarbeitet|nacharbeiten|nachbessern|ablehnen|abgelehnt|zurückweisen",
    ),
    (
        Rework,
        "retravailler|réviser|révision|à revoir|rejeter|rejeté|refuser|refusé|reprendre|revisar|rechazar|rechazado|rehacer|corregir",
    ),
    (
        Rework,
        "rivedere|rielaborare|respinto|rifiutato|rifare|reelaborar|refazer|rejeitado|rejeitar|reprovado|herzien|herschrijven|afgewezen|afkeuren",
    ),
    (
        Rework,
        "popraw|do poprawy|poprawić|poprawki|odrzucić|odrzucone|доработать|на доработку|доработка|переработать|отклонить|отклонено",
    ),
    (
        Rework,
        "返工|修改|重写|重寫|拒绝|驳回|退回|不通过|修正|書き直し|要修正|差し戻し|却下|不承認|不合格|재작업|수정|반려|거부|إعادة|مراجعة|تعديل|مرفوض|رفض",
    ),
    (Not, "not|never|cannot|can't|don't|doesn't|won't|wouldn't|isn't|didn't|shouldn't|couldn't|no|nor|neither|without"),
    (
        Not,
        "nicht|nein|nee|kein|keine|keinen|niemals|nie|ne|n|pas|jamais|sin|tampoco|non|mai|não|nunca|niet|geen|nooit|nigdy|не|никогда|нет",
    ),
    (Not, "不|没|沒|未|无法|いいえ|いや|ない|ません|아니|않|없|못|لا|لم|لن|ليس|غير"),
    (Number(0), "zero|null|zéro|cero|nul|ноль|零|〇|영|صفر"),
    (Number(1), "one|eins|un|une|uno|um|een|jeden|один|一|واحد"),
    (Number(2), "two|zwei|deux|dos|due|dois|twee|dwa|два|二|两|اثنان"),
    (Number(3), "three|drei|trois|tres|tre|três|drie|trzy|три|三|삼|ثلاثة"),
    (Number(4), "four|vier|quatre|cuatro|quattro|quatro|cztery|четыре|四|أربعة"),
    (Number(5), "five|fünf|cinq|cinco|cinque|vijf|pięć|пять|五|خمسة"),
    (Number(6), "six|sechs|seis|sei|zes|sześć|шесть|六|육|ستة"),
    (Number(7), "seven|sieben|sept|siete|sette|sete|zeven|siedem|семь|七|칠|سبعة"),
    (Number(8), "eight|acht|huit|ocho|otto|oito|osiem|восемь|八|팔|ثمانية"),
    (Number(9), "nine|neun|neuf|nueve|nove|negen|dziewięć|девять|九|구|تسعة"),
    (Number(10), "ten|zehn|dix|diez|dieci|dez|tien|dziesięć|десять|десяти|十|십|عشرة"),
    (Point, "point|komma|virgule|coma|virgola|vírgula|przecinek|点|點|쩜"),
    (Half, "and a half|einhalb|et demi|et demie|y medio|y media|e mezzo|e meia|en een half|i pół|с половиной|半|ونصف"),
    (OutOf, "out of|of|von|von maximal|von möglichen|sur|sobre|de|su|di|em|van de|van|uit|op|na|z|из|من"),
    (
        OutOf,
        "on a scale of|on a scale from|scale|auf einer skala von|sur une échelle de|en una escala de|su una scala da|op een schaal van|w skali",
    ),
    (Most, "max|maximum|maximal|maximale|máximo|massimo|满分|滿分|満点|만점|максимум|الحد الأقصى"),
    (
        Percent,
        "percent|per cent|prozent|pour cent|por ciento|per cento|por cento|procent|процентов|процента|퍼센트|بالمئة|بالمائة",
    ),
    (Unit, "points|pts|pt|punkte|punkten|punti|puntos|pontos|punten|punktów|punkty|балла|баллов|分|점|درجات|نقاط"),
    (
        Stars,
        "stars|star|sterne|sternen|étoiles|estrellas|stelle|estrelas|sterren|gwiazdki|gwiazdek|звезды|звёзд|颗星|별",
    ),
    (Range, "to|or|bis|oder|ou|of wel|tot|do|lub|до|или|到|至|から|에서|إلى|أو"),
    (
        OrMore,
        "or higher|or more|or above|or better|and above|at most|at best|or less|or lower|höchstens|bestenfalls|au plus|au mieux|como mucho|al massimo|no máximo|hoogstens|najwyżej|oder höher|oder mehr|ou plus|o más|o più|ou mais|of hoger|lub więcej|или выше|以上|이상|أو أكثر",
    ),
    (
        Then,
        "actually|rather|make that|revised to|corrected to|changed to|lowered to|down to|drops it to|brings it to|lowers it to|reduces it to|more like|raised to|reduced to|korrigiert auf|no wait",
    ),
    (
        Is,
        "is|are|am|was|be|ist|beträgt|lautet|est|es|é|è|is een|jest|wynosi|составляет|是|为|為|は|が|을|를|은|는|이다|입니다|هي|هو",
    ),
    (
        Filler,
        "a|an|the|its|about|around|roughly|approximately|approx|currently|therefore|thus|so|hence|just|only|exactly|because|since|for now|with|and|here|but|maybe|perhaps|honestly|really|still|happily|gladly|own|have to|can|will|think|believe|does|do|yet|status",
    ),
    (
        Filler,
        "draft|document|text|article|essay|piece|version|work|critic|critic's|quality|review|evaluation|council|result|value|of the draft|of this draft|of this document|of this version|of the document|for this draft|for the draft|for this version|for this document",
    ),
    (
        Filler,
        "ein|eine|einen|eine|der|die|den|aber|vielleicht|eher|dem|diesem|diesen|diesen text|etwa|ungefähr|rund|also|entwurf|text|für diesen entwurf",
    ),
    (
        Filler,
        "le|la|les|l|un|une|cet|cette|mais|plutôt|pero|ma|mas|environ|donc|brouillon|texte|el|una|este|esta|aproximadamente|borrador|il|lo|uno|questo|questa|circa|bozza",
    ),
    (
        Filler,
        "este rascunho|os|um|uma|cerca de|rascunho|het|een|de|deze|maar|ongeveer|concept|ten|ta|około|ale|szkic|этот|эта|но|около|черновик",
    ),
    (Filler, "这份|这个|但|本|草稿|文章|约|大约|この|原稿|約|이|초안|약|لكن|المسودة|حوالي|تقريبا"),
    (
        Solid,
        "solid|strong|weak|fair|good|decent|clear|firm|generous|low|high|mid|mere|respectable|bare|solide|starke|gute|klare|knappe|sólido|buon|bom|goede|mocne|твердая",
    ),
    (
        I,
        "i|i'd|i'll|i'm|we|we'd|my|our|ich|wir|mein|meine|je|j|nous|mon|ma|notre|yo|mi|nuestra|io|il mio|la mia|eu|minha|meu|ik|mijn|ja|moja|я|моя|мы|我|我的|私|私の|나|저|제|내|أنا",
    ),
    (
        Give,
        "give|gives|giving|rate|rated|rates|grade this|assign|assigned|award|awarded|land at|settle on|settle for|go with|go for|stick with|say|gebe|vergebe|bewerte|donne|attribue|mets|note ce",
    ),
    (Give, "geef|daję|przyznaję|ставлю|оцениваю|给|給|打|つけ|付け|주|줍니다|준다|أعطي|أمنح"),
    (
        IGive,
        "deserves|earns|merits|verdient|mérite|doy|otorgo|pongo|asigno|do a este|assegno|attribuisco|dou|atribuo|le daría|gli do",
    ),
    (Unreal, "could|should|might|may|must|needs|need|required|to get|to earn|to reach"),
    (Unreal, "wäre|könnte|sollte|müsste|serait|pourrait|devrait|sería|podría|se|sarebbe|potrebbe|seria|poderia"),
    (Unreal, "als|zou|byłaby|byłoby|бы|면"),
    (Would, "would|would be"),
    (
        Condition,
        "if|once|unless|until|till|when|provided|were it not|had it not|potential|possible|hypothetical|hypothetically|conditional|conditionally|after revision|after revisions|after the revision|after changes|after the changes|after these changes",
    ),
    (
        Condition,
        "wenn|falls|sobald|erst wenn|möglich|nach überarbeitung|nach der überarbeitung|si|s'il|se si|se vengono|se aggiungi|se forem|se for|se houver|als er|als je|als de|als het|après révision|indien|mits|jeśli|jeżeli|gdyby|если|如果|若|もし|あれば|なら|만약|다면|إذا|لو",
    ),
    (
        That,
        "that|this|it|it's|which|das|dies|ce|c'est|cela|ceci|ça|eso|esto|que|questo|ciò|che|isso|isto|dat|wat|dit|to|co|это|что|这|那|それ|これ|이는|그것|هذا|هذه|وهي|وهو",
    ),
    (As, "as|wie|comme|como|zoals|jak|как"),
    (
        TooHigh,
        "too high|too much|too good|is generous|seems generous|looks generous|feels generous|lenient|excessive|inflated|wrong|zu hoch|zu viel|zu gut|übertrieben|überzogen|trop haut|trop élevé|trop élevée|excessif",
    ),
    (
        TooHigh,
        "demasiado alto|demasiado alta|excesivo|excesiva|exagerado|troppo alto|eccessivo|alto demais|alta demais|muito alta|excessivo|te hoog|te veel|za wysoka|za wysoki|za dużo|zbyt wysoka",
    ),
    (
        TooHigh,
        "слишком высокая|слишком высокой|слишком высоко|слишком много|завышена|太高|过高|過高|太多|高すぎ|多すぎ|너무 높|مبالغ",
    ),
    (
        Deserved,
        "deserved|deserve|earned|justified|justify|warranted|merited|defend|gerechtfertigt|berechtigt|mérité|méritée|justifié|justifiée|merecido|merecida|justificado|justificada|meritato|giustificato",
    ),
    (
        Deserved,
        "verdiend|gerechtvaardigd|terecht|zasłużone|zasłużona|uzasadniona|заслужено|заслужена|заслуженно|оправдано|оправдана|值得|配|应得|相応|ふさわし|합당|마땅|정당|مستحقة|مستحق|مبررة|تستحق|يستحق",
    ),
    (
        Denied,
        "undeserved|unearned|unjustified|unwarranted|too generous|too kind|too lenient|overrated|dishonest|sarcasm|placeholder|dummy|as instructed|as requested|as asked|as told|as ordered|unverdient|ungerechtfertigt|zu großzügig",
    ),
    (
        Denied,
        "immérité|injustifié|trop généreux|trop généreuse|inmerecido|injustificado|demasiado generoso|demasiado generosa|immeritato|troppo generoso|imerecido|generoso demais|onverdiend|te gul|niezasłużona|незаслуженно|слишком щедро",
    ),
    (
        Withdrawn,
        "on second thought|on second thoughts|on reflection|scratch that|just kidding|kidding|joking|that's wrong|that is wrong|let me reconsider|reconsidering|i take it back|i take that back|i was wrong|never mind|wait|hold on|not really|not at all|no way|nope|of course not|hardly",
    ),
    (
        Withdrawn,
        "doch nicht|quatsch|bei näherer betrachtung|réflexion faite|je plaisante|pensándolo bien|ripensandoci|pensando bem|bij nader inzien|po namyśle|если подумать|再想想|重新考虑|考え直す|다시 생각",
    ),
    (
        Elsewhere,
        "after|before|previous|previously|last|earlier|below|above|under|over|threshold|at least|minimum|reach|raise|lift|toward|towards|instead of|than|from|up from|down from|expected|target|such as|between",
    ),
    (
        Elsewhere,
        "mindestens|unter|über|vorher|bisher|vorherige|zuvor|zwischen|statt|au moins|avant|précédente|al menos|anterior|antes|almeno|precedente|pelo menos",
    ),
    (
        Elsewhere,
        "minstens|vorige|eerdere|co najmniej|poprzednia|минимум|предыдущая|之前|至少|以前|前回|最低|이전|최소|السابقة|قبل",
    ),
    (
        Said,
        "says|said|say that|saying|claims|claim|claimed|asks|ask|asked|demands|demand|demands|demanded|hopes|wishes|orders|ordered|instructs|instructed|instruction|instructions|tells|told|contains|quotes|quoted|quote|reads|writes|wrote|states|stated|tries|wants|answer|respond|reply|ignore|pretend|inject|injected|injection|prompt|author|sentence|line|passage|example|for example|for instance|format|template|form",
    ),
    (
        Said,
        "sagt|behauptet|fordert|verlangt|enthält|zitiert|zitat|steht|schreibt|autor|ignoriere|antworte|beispiel|satz|anweisung|dit|affirme|demande|exige|contient|cite|auteur|ignorez|exemple|phrase",
    ),
    (
        Said,
        "dice|afirma|pide|exige|contiene|cita|ignora|responde|ejemplo|autor|frase|afferma|chiede|contiene|rispondi|esempio|autore|diz|pede|contém|ignore|responda|exemplo",
    ),
    (
        Said,
        "zegt|beweert|vraagt|eist|bevat|citeert|negeer|antwoord|voorbeeld|auteur|mówi|twierdzi|żąda|zawiera|cytuje|zignoruj|odpowiedz|przykład",
    ),
    (
        Said,
        "говорит|утверждает|требует|просит|содержит|игнорируй|ответь|пример|автор|цитата|说|声称|要求|包含|忽略|回答|示例|例如|作者|書いて|主張|無視|答えて|例|例えば|말한다|주장|요구|포함|무시|답하|예시|يقول|يطلب|تجاهل|أجب|مثال",
    ),
    (For, "for|für|pour|para|per|voor|dla|за|on|in|regarding"),
    (Boxed, "boxed|fbox"),
    (Fraction, "frac|dfrac|tfrac"),
];
